/** Log lines: JSON one by one, with ids and without secrets or cells; the last words of a process. */
import { spawn } from 'node:child_process';
import { InMemorySpanExporter } from '@opentelemetry/sdk-trace';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DataError } from '../../datasets/data-error.ts';
import { ConflictError } from '../../runtime/errors.ts';
import { Host } from '../../runtime/host.ts';
import type { Log, LogLevel } from '../../runtime/log.ts';
import { publicMessage } from '../../runtime/log-fields.ts';
import { nodeClock } from '../../runtime/node/clock.ts';
import { installCrashHandlers, nodeLogger } from '../../runtime/node/logger.ts';
import { traceTo } from '../../runtime/otel/sdk.ts';
import { BugError } from '../../schemas/errors.ts';

function capture(level: LogLevel = 'debug', pretty = false) {
  const text: string[] = [];
  const write = (line: string) => void text.push(line);
  const log = nodeLogger({ level, node: 'w1', role: 'worker', pretty, color: false, write });
  const lines = (): Record<string, unknown>[] => text.map((line) => JSON.parse(line));
  return { log, text, lines };
}

describe('log lines', () => {
  it('[P20] are JSON by level with role, node, job, task and trace id', () => {
    const { log, lines, text } = capture('info');
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    log('debug', 'not shown');
    log('info', 'task done', { job: 'j-1', task: 'train.3', traceparent, ms: 12 });
    log('warn', 'line one\nline two', { level: 'x', node: 'w2' });
    expect(lines()).toMatchObject([
      {
        level: 'info',
        role: 'worker',
        name: 'w1',
        msg: 'task done',
        job: 'j-1',
        task: 'train.3',
        trace_id: 'a'.repeat(32),
        span_id: 'b'.repeat(16),
        ms: 12,
      },
      { level: 'warn', msg: 'line one\nline two', level_: 'x', node: 'w2' },
    ]);
    expect(Date.parse(String(lines()[0]?.time))).toBeGreaterThan(0);
    expect(
      text.every((line) => line.endsWith('\n') && line.indexOf('\n') === line.length - 1),
    ).toBe(true);
  });

  it('are one parseable line each whatever the fields hold', () => {
    fc.assert(
      fc.property(fc.string(), fc.dictionary(fc.string(), fc.anything()), (message, fields) => {
        const { log, text } = capture();
        log('error', message, fields);
        expect(text).toHaveLength(1);
        expect(JSON.parse(text[0] as string)).toMatchObject({ level: 'error', name: 'w1' });
      }),
    );
  });

  it('say of a data error its code and place, never the cell', () => {
    const { log, lines, text } = capture();
    const place = { file: 'people.csv', line: 7, column: 'salary' };
    const error = new DataError(
      'data-value',
      '"Ada Lovelace" is not a number',
      'use digits',
      place,
    );
    log('error', 'task failed', { error: new ConflictError('j.train.0', 'lost') });
    log('error', 'import failed', { error });
    log('error', 'import failed', { error: new BugError('broken', 'cannot', { cause: error }) });
    log('error', 'bad input', { error: new SyntaxError('Unexpected token "Ada Lovelace"') });
    log('error', 'batch', { values: new Float64Array(4), bytes: Buffer.from('Ada Lovelace') });
    expect(text.join('')).not.toContain('Lovelace');
    const told = 'data-value at file "people.csv", line 7, column "salary"';
    expect(publicMessage(error)).toBe(told);
    expect(publicMessage(new BugError('broken', 'cannot'))).toBe('cannot');
    expect(publicMessage(new SyntaxError('Unexpected token "Ada"'))).toBe('SyntaxError');
    expect(lines()[0]).toMatchObject({ error: { code: 'conflict', message: 'lost' } });
    expect(lines()[1]).toMatchObject({
      error: { name: 'DataError', code: 'data-value', line: 7, column: 'salary' },
    });
    expect(lines()[2]).toMatchObject({ error: { code: 'broken', cause: { code: 'data-value' } } });
    expect(lines()[4]).toMatchObject({ values: '[32 bytes]', bytes: '[12 bytes]' });
  });

  it('hold no seed, token or password', () => {
    const { log, text } = capture();
    const seed = `SU${'A'.repeat(56)}`;
    const token = `eyJ${'0'.repeat(20)}.eyJ${'1'.repeat(20)}.${'2'.repeat(20)}`;
    log('info', `connected to nats://user:secret@host:4222 with ${seed}`, {
      url: 'tls://user:secret@host',
      error: new Error(`refused ${token}`),
      deep: [{ creds: seed }],
    });
    for (const part of [seed, token, 'secret', 'user']) expect(text.join('')).not.toContain(part);
    expect(text.join('')).toContain('nats://host:4222');
  });

  it('take the ids of the span that is current', () => {
    const { log, lines } = capture();
    const { tracer } = traceTo(new InMemorySpanExporter());
    const span = tracer.start('task.attempt');
    log('info', 'with the span given', { traceparent: span.traceparent });
    expect(lines()[0]?.trace_id).toBe(span.traceparent.split('-')[1]);
  });

  it('are readable on a terminal', () => {
    const { log, text } = capture('info', true);
    log('warn', 'node lost', { node: 'w2', tasks: ['a', 'b'] });
    log('debug', 'hidden');
    expect(text).toHaveLength(1);
    expect(text[0]).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3} warn {2}w1 node lost node=w2 tasks=\["a","b"\]\n$/,
    );
  });
});

describe('what nobody caught', () => {
  let removed: () => void;
  const before = process.listenerCount('uncaughtException');
  const codes: number[] = [];
  const logged: { level: string; message: string }[] = [];
  const log: Log = (level, message) => void logged.push({ level, message });
  beforeAll(() => {
    removed = installCrashHandlers(log, (code) => void codes.push(code));
  });
  afterAll(() => removed());

  it('[P20] is logged as JSON by a real process, which then ends with 1', async () => {
    expect(process.listenerCount('uncaughtException')).toBe(before + 1);
    const module = new URL('../../runtime/node/logger.ts', import.meta.url).href;
    const program = `
      import { installCrashHandlers, nodeLogger } from ${JSON.stringify(module)};
      installCrashHandlers(nodeLogger({ level: 'info', node: 'w1', role: 'worker' }));
      queueMicrotask(() => { throw new TypeError('broken'); });
    `;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program]);
    let said = '';
    child.stderr.on('data', (part: Buffer) => {
      said += part.toString();
    });
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect(code).toBe(1);
    const lines = said
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toMatchObject([
      {
        level: 'error',
        msg: 'uncaught exception',
        error: { name: 'TypeError', message: 'broken' },
      },
    ]);
    expect(lines[0].error.frames.length).toBeGreaterThan(0);
  });

  it('[P20] restarts the actor when it was thrown inside one', async () => {
    const { log: jsonLog, lines } = capture();
    let loads = 0;
    const seen: string[] = [];
    const clock = nodeClock();
    const host = new Host<number, string, never>(
      {
        name: 'fragile',
        load: async () => {
          loads += 1;
          return 0;
        },
        step(state, event) {
          if (event === 'throw') throw new BugError('broken', 'this actor breaks');
          seen.push(event);
          return { state: state + 1, effects: [] };
        },
        classOf: () => 'send',
        perform: async () => {},
      },
      { clock, log: jsonLog },
    );
    host.emit('throw');
    await new Promise<void>((resolve) => setImmediate(resolve));
    host.emit('after');
    await host.stop();
    expect(loads).toBe(2);
    expect(seen).toEqual(['after']);
    expect(lines()).toMatchObject([
      { level: 'error', msg: 'actor crashed', actor: 'fragile', error: { code: 'broken' } },
    ]);
  });
});
