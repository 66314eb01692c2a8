/** No key, token or password stands in the tree, and credentials folders are kept out of it. */
import { expect, it } from 'vitest';
import { projectFiles, readProjectFile } from '../support/source-tree.ts';

const secrets: readonly (readonly [string, RegExp])[] = [
  ['nkey seed', /\bS[UAONCX][A-Z2-7]{56}\b/],
  ['token', /\beyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}/],
  ['private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{20,}/],
  ['cloud key', /\bAKIA[0-9A-Z]{16}\b/],
  [
    'address with a password',
    /\b(nats|tls|https?):\/\/[a-z0-9_-]+:(?!secret@|password@)[^@\s'"`$<{/]{6,}@(?!host)/i,
  ],
];
const binary = /\.(png|jpg|gif|ico|arrow|parquet|gz|zst|bin|wasm|creds)$/;

it('no file of the project holds a secret', () => {
  const found = projectFiles()
    .filter((path) => !binary.test(path) && path !== 'package-lock.json')
    .flatMap((path) => {
      const text = readProjectFile(path);
      return secrets.filter(([, shape]) => shape.test(text)).map(([what]) => `${path}: ${what}`);
    });
  expect(found).toEqual([]);
});

it('no credentials file lies in the project', () => {
  expect(projectFiles().filter((path) => /\.(creds|seed|nk|pem|key)$/.test(path))).toEqual([]);
});

it('the patterns find what they are for', () => {
  const seed = `SU${'A2'.repeat(28)}`;
  expect(secrets.filter(([, shape]) => shape.test(`x ${seed}\n`)).map(([what]) => what)).toEqual([
    'nkey seed',
  ]);
});
