/**
 * Golden bytes: what version 1 wrote is read by every later version, field by field.
 *
 * `UPDATE_GOLDEN=1 vitest run test/schemas/golden.test.ts` writes the files of messages that have
 * none, and with `UPDATE_GOLDEN=all` every file: only before a release, never to make a test pass.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { shoal } from '../../schemas/generated/shoal.js';
// Sets up the codec: numbers for 64-bit fields, unknown fields kept.
import '../../schemas/wire.ts';
import { messageTypes, plain, sampleOf } from './proto-samples.ts';

const folder = fileURLToPath(new URL('../golden/v1', import.meta.url));
const update = process.env.UPDATE_GOLDEN;

interface StaticType {
  encode(message: object): { finish(): Uint8Array };
  decode(bytes: Uint8Array): object;
}

const generated = shoal as unknown as Readonly<Record<string, StaticType>>;
if (update !== undefined) {
  mkdirSync(folder, { recursive: true });
  for (const type of messageTypes()) {
    const file = `${folder}/${type.name}.bin`;
    if (existsSync(file) && update !== 'all') continue;
    const sample = sampleOf(type);
    writeFileSync(file, generated[type.name]?.encode(sample).finish() ?? '');
    writeFileSync(`${folder}/${type.name}.json`, `${JSON.stringify(plain(sample), null, 2)}\n`);
  }
}

const names = messageTypes().map((type) => type.name);

describe('golden bytes of version 1', () => {
  it('exist for every message', () => {
    const files = readdirSync(folder).filter((name) => name.endsWith('.bin'));
    expect(files.sort()).toEqual(names.map((name) => `${name}.bin`).sort());
  });

  it.each(names)('%s: today’s code reads what version 1 wrote', (name) => {
    const decoded = generated[name]?.decode(readFileSync(`${folder}/${name}.bin`)) ?? {};
    const expected: unknown = JSON.parse(readFileSync(`${folder}/${name}.json`, 'utf8'));
    expect(plain(decoded)).toMatchObject(expected as object);
  });

  it.each(names)('%s: what version 1 wrote is written again byte for byte', (name) => {
    const bytes = readFileSync(`${folder}/${name}.bin`);
    const again = generated[name]?.encode(generated[name].decode(bytes)).finish() ?? bytes;
    expect(Buffer.from(again).toString('hex')).toBe(bytes.toString('hex'));
  });

  it.each(messageTypes())('$name: bytes agree with an independent codec', (type) => {
    const sample = sampleOf(type);
    const bytes = generated[type.name]?.encode(sample).finish() ?? new Uint8Array();
    expect(plain(type.toObject(type.decode(bytes), { longs: Number }))).toEqual(plain(sample));
  });
});
