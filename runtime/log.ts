/**
 * Logging as one injected function; the adapter writes structured lines (`runtime/node/logger.ts`).
 * Cell values of data sets never go into a field.
 */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type LogFields = Readonly<Record<string, unknown>>;
export type Log = (level: LogLevel, message: string, fields?: LogFields) => void;

export const noLog: Log = () => {};
