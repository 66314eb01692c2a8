/** The page about the command line names every command and every exit code. */
import { readFileSync } from 'node:fs';
import {
  type Application,
  type CommandContext,
  generateHelpTextForAllCommands,
} from '@stricli/core';
import { expect, it } from 'vitest';
import { app } from '../../cli/app.ts';
import { exitCodes } from '../../cli/exit-codes.ts';

const page = readFileSync(new URL('../../docs/command-line.md', import.meta.url), 'utf8');

it('names every command', () => {
  const commands = generateHelpTextForAllCommands(app as unknown as Application<CommandContext>);
  const rows = page.split('\n').filter((line) => line.startsWith('| `'));
  const missing = commands
    .map(([name]) => name.replace('shoal ', '').split(' '))
    .filter(([group = '', verb]) => {
      const words = verb === undefined ? [group] : [group, verb];
      return !rows.some((row) => words.every((word) => new RegExp(`\\b${word}\\b`).test(row)));
    });
  expect(missing).toEqual([]);
});

it('names every exit code', () => {
  for (const code of Object.values(exitCodes)) expect(page).toContain(`\n| ${code} | `);
});
