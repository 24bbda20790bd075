/**
 * Where Limbeck's own statements look names up: only a superuser makes functions, operators or types there.
 * pg_temp is named so that it does not come first.
 */
export const ownPath = 'SET LOCAL search_path TO pg_catalog, pg_temp'
