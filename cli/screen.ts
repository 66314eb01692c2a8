/**
 * Where text goes: data to stdout, everything for people to stderr when stdout carries data.
 *
 * With `--json` stdout holds JSON and nothing else. Colours obey `NO_COLOR`, `FORCE_COLOR` and
 * whether the stream is a terminal (`styleText` does). A reader that went away (`| head`) ends the
 * program in silence.
 */
import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

export interface Screen {
  readonly json: boolean;
  /** Whether progress may redraw its line. */
  readonly live: boolean;
  /** One JSON value, on one line, to stdout. */
  value(value: unknown): void;
  /** A line of the command's own output, for people: nothing with `--json`. */
  print(line: string): void;
  /** A remark for people, to stderr. */
  note(line: string): void;
  /** Raw text to stderr, for progress that redraws its line. */
  draw(text: string): void;
  /** Colours text for stdout. */
  paint(style: Style, text: string): string;
  /** Width of the terminal in columns. */
  readonly columns: number;
}

export function openScreen(json: boolean): Screen {
  const { stdout, stderr } = process;
  return {
    json,
    live: stderr.isTTY === true && process.env.TERM !== 'dumb',
    columns: stderr.columns ?? 80,
    value: (value) => void stdout.write(`${JSON.stringify(value)}\n`),
    print: (line) => {
      if (!json) stdout.write(`${line}\n`);
    },
    note: (line) => void stderr.write(`${line}\n`),
    draw: (text) => void stderr.write(text),
    paint: (style, text) => styleText(style, text, { stream: stdout }),
  };
}

/** A pipe whose reader has gone is no error of ours. */
export function ignoreBrokenPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
      throw error;
    });
  }
}
