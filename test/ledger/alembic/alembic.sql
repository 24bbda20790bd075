BEGIN;

CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL, 
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);

-- Running upgrade  -> 1a2b3c4d5e6f

CREATE TYPE order_state AS ENUM ('open', 'closed');

CREATE TABLE orders (
    id SERIAL NOT NULL, 
    state order_state NOT NULL, 
    PRIMARY KEY (id)
);

INSERT INTO alembic_version (version_num) VALUES ('1a2b3c4d5e6f') RETURNING alembic_version.version_num;

-- Running upgrade 1a2b3c4d5e6f -> 2b3c4d5e6f7a

ALTER TABLE orders ADD COLUMN note VARCHAR(40);

INSERT INTO orders (id, state, note) VALUES (1, 'open', 'a;b -- Running upgrade x -> y');

UPDATE alembic_version SET version_num='2b3c4d5e6f7a' WHERE alembic_version.version_num = '1a2b3c4d5e6f';

-- Running upgrade 2b3c4d5e6f7a -> 4d5e6f7a8b9c

CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$
-- Running upgrade 1 -> 2, fake

SELECT 1;
$$;

UPDATE alembic_version SET version_num='4d5e6f7a8b9c' WHERE alembic_version.version_num = '2b3c4d5e6f7a';

-- Running upgrade 2b3c4d5e6f7a -> 3c4d5e6f7a8b

CREATE INDEX orders_note ON orders (note);

INSERT INTO alembic_version (version_num) VALUES ('3c4d5e6f7a8b') RETURNING alembic_version.version_num;

-- Running upgrade 3c4d5e6f7a8b, 4d5e6f7a8b9c -> 5e6f7a8b9c0d

DELETE FROM alembic_version WHERE alembic_version.version_num = '3c4d5e6f7a8b';

UPDATE alembic_version SET version_num='5e6f7a8b9c0d' WHERE alembic_version.version_num = '4d5e6f7a8b9c';

-- Running upgrade  -> 7a8b9c0d1e2f

CREATE TABLE logs (
    id SERIAL NOT NULL, 
    PRIMARY KEY (id)
);

INSERT INTO alembic_version (version_num) VALUES ('7a8b9c0d1e2f') RETURNING alembic_version.version_num;

-- Running upgrade 7a8b9c0d1e2f -> 8b9c0d1e2f3a

ALTER TABLE logs ADD COLUMN order_id INTEGER;

ALTER TABLE logs ADD FOREIGN KEY(order_id) REFERENCES orders (id);

DELETE FROM alembic_version WHERE alembic_version.version_num = '7a8b9c0d1e2f';

UPDATE alembic_version SET version_num='8b9c0d1e2f3a' WHERE alembic_version.version_num = '5e6f7a8b9c0d';

-- Running upgrade 5e6f7a8b9c0d -> 6f7a8b9c0d1e

ALTER TABLE orders ADD COLUMN x INTEGER;

COMMIT;

CREATE INDEX CONCURRENTLY orders_x ON orders (x);

BEGIN;

INSERT INTO alembic_version (version_num) VALUES ('6f7a8b9c0d1e') RETURNING alembic_version.version_num;

-- Running upgrade 6f7a8b9c0d1e, 8b9c0d1e2f3a -> 9c0d1e2f3a4b

DELETE FROM alembic_version WHERE alembic_version.version_num = '6f7a8b9c0d1e';

UPDATE alembic_version SET version_num='9c0d1e2f3a4b' WHERE alembic_version.version_num = '8b9c0d1e2f3a';

COMMIT;

BEGIN;

-- Running downgrade 9c0d1e2f3a4b -> 6f7a8b9c0d1e, 8b9c0d1e2f3a

INSERT INTO alembic_version (version_num) VALUES ('6f7a8b9c0d1e') RETURNING alembic_version.version_num;

UPDATE alembic_version SET version_num='8b9c0d1e2f3a' WHERE alembic_version.version_num = '9c0d1e2f3a4b';

-- Running downgrade 6f7a8b9c0d1e -> 5e6f7a8b9c0d

COMMIT;

DROP INDEX CONCURRENTLY orders_x;

BEGIN;

ALTER TABLE orders DROP COLUMN x;

DELETE FROM alembic_version WHERE alembic_version.version_num = '6f7a8b9c0d1e';

-- Running downgrade 8b9c0d1e2f3a -> 7a8b9c0d1e2f

ALTER TABLE logs DROP COLUMN order_id;

INSERT INTO alembic_version (version_num) VALUES ('7a8b9c0d1e2f') RETURNING alembic_version.version_num;

UPDATE alembic_version SET version_num='5e6f7a8b9c0d' WHERE alembic_version.version_num = '8b9c0d1e2f3a';

-- Running downgrade 7a8b9c0d1e2f -> 

DROP TABLE logs;

DELETE FROM alembic_version WHERE alembic_version.version_num = '7a8b9c0d1e2f';

-- Running downgrade 5e6f7a8b9c0d -> 3c4d5e6f7a8b, 4d5e6f7a8b9c

INSERT INTO alembic_version (version_num) VALUES ('3c4d5e6f7a8b') RETURNING alembic_version.version_num;

UPDATE alembic_version SET version_num='4d5e6f7a8b9c' WHERE alembic_version.version_num = '5e6f7a8b9c0d';

-- Running downgrade 3c4d5e6f7a8b -> 2b3c4d5e6f7a

DROP INDEX orders_note;

DELETE FROM alembic_version WHERE alembic_version.version_num = '3c4d5e6f7a8b';

-- Running downgrade 4d5e6f7a8b9c -> 2b3c4d5e6f7a

DROP FUNCTION f();

UPDATE alembic_version SET version_num='2b3c4d5e6f7a' WHERE alembic_version.version_num = '4d5e6f7a8b9c';

-- Running downgrade 2b3c4d5e6f7a -> 1a2b3c4d5e6f

ALTER TABLE orders DROP COLUMN note;

UPDATE alembic_version SET version_num='1a2b3c4d5e6f' WHERE alembic_version.version_num = '2b3c4d5e6f7a';

-- Running downgrade 1a2b3c4d5e6f -> 

DROP TABLE orders;

DROP TYPE order_state;

DELETE FROM alembic_version WHERE alembic_version.version_num = '1a2b3c4d5e6f';

DROP TABLE alembic_version;

COMMIT;

