/**
 * The log of a process: one JSON object a line on stderr, or readable lines on a terminal.
 *
 * Every line has `level`, `time` (ISO 8601), `name` (of the node that writes), `role`, `pid`, `msg`,
 * and where they apply `job`, `task`, `node` (the one that the line is about), `trace_id`, `span_id`. What may stand in the fields is decided by
 * `runtime/log-fields.ts`. Rotation and collection are left to what runs the process.
 */
import { isSpanContextValid, trace } from '@opentelemetry/api';
import pino from 'pino';
import type { Log, LogLevel } from '../log.ts';
import { logFields, withoutSecrets } from '../log-fields.ts';

export type { LogLevel } from '../log.ts';

export interface LoggerOptions {
  readonly level: LogLevel;
  readonly node: string;
  readonly role: string;
  /** Readable lines; by default on a terminal. */
  readonly pretty?: boolean | undefined;
  /** Colours in readable lines; by default on a terminal unless `NO_COLOR` is set. */
  readonly color?: boolean | undefined;
  /** Where lines go; stderr by default. */
  readonly write?: ((line: string) => void) | undefined;
}

export function nodeLogger(options: LoggerOptions): Log {
  const terminal = options.write === undefined && process.stderr.isTTY === true;
  const write = options.write ?? writeStderr;
  if (options.pretty ?? terminal) {
    const color = options.color ?? (terminal && (process.env.NO_COLOR ?? '') === '');
    return prettyLog(options, write, color);
  }
  const logger = pino(
    {
      level: options.level,
      base: { name: options.node, role: options.role, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      mixin: activeIds,
    },
    { write },
  );
  return (level, message, fields) => {
    if (!logger.isLevelEnabled(level)) return;
    logger[level](logFields(fields ?? {}), withoutSecrets(message));
  };
}

/** Written at once, so that the last words of a dying process are not lost. */
function writeStderr(line: string): void {
  process.stderr.write(line);
}

function activeIds(): Record<string, string> {
  const active = trace.getActiveSpan()?.spanContext();
  if (active === undefined || !isSpanContextValid(active)) return {};
  return { trace_id: active.traceId, span_id: active.spanId };
}

const ranks: Record<LogLevel, number> = { debug: 20, info: 30, warn: 40, error: 50 };
const colors: Record<LogLevel, number> = { debug: 90, info: 36, warn: 33, error: 31 };

function prettyLog(options: LoggerOptions, write: (line: string) => void, color: boolean): Log {
  const paint = (code: number, text: string) => (color ? `\u001b[${code}m${text}\u001b[0m` : text);
  return (level, message, fields) => {
    if (ranks[level] < ranks[options.level]) return;
    const time = new Date().toISOString().slice(11, 23);
    const shown = Object.entries(logFields(fields ?? {}))
      .filter(([, value]) => value !== undefined)
      .map(
        ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
      );
    const head = `${paint(90, time)} ${paint(colors[level], level.padEnd(5))} ${options.node}`;
    const tail = shown.length === 0 ? '' : ` ${paint(90, shown.join(' '))}`;
    write(`${head} ${withoutSecrets(message)}${tail}\n`);
  };
}

/**
 * Last resort: what nobody caught is logged, then the process ends with 1, so that whoever runs it
 * starts it again from its records. Returns how to take the handlers away.
 */
export function installCrashHandlers(
  log: Log,
  exit: (code: number) => void = (code) => process.exit(code),
): () => void {
  const crash = (kind: string) => (reason: unknown) => {
    const error = reason instanceof Error ? reason : new Error(`not an error: ${typeof reason}`);
    log('error', kind, { error });
    exit(1);
  };
  const onThrow = crash('uncaught exception');
  const onRejection = crash('unhandled rejection');
  process.on('uncaughtException', onThrow);
  process.on('unhandledRejection', onRejection);
  return () => {
    process.off('uncaughtException', onThrow);
    process.off('unhandledRejection', onRejection);
  };
}
