import { expect, test } from 'vitest'
import { hashText } from '../../src/script/hash.ts'

test('a hash does not change with line ends, a BOM or newlines at the end', () => {
  const hash = hashText('a\nb\n')
  for (const text of ['a\r\nb\r\n', '\uFEFFa\nb\n', 'a\nb', 'a\nb\n\n', 'a\rb\r']) {
    expect(hashText(text)).toBe(hash)
  }
})

test('a hash changes with everything else', () => {
  const texts = ['a\nb', 'a\n\nb', 'a\nb ', ' a\nb', 'a\nB', '-- c\na\nb', 'ä\nb', 'a\u0308\nb', '']
  expect(new Set(texts.map(hashText)).size).toBe(texts.length)
  expect(hashText('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
})
