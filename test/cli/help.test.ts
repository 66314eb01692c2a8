/** Help: every command has examples and `--json`, and the first page stays as it is agreed. */
import {
  type Application,
  type CommandContext,
  generateHelpTextForAllCommands,
} from '@stricli/core';
import { describe, expect, it } from 'vitest';
import { app } from '../../cli/app.ts';

const commands = generateHelpTextForAllCommands(app as unknown as Application<CommandContext>);

describe('help', () => {
  it('names every command of the surface', () => {
    const names = commands.map(([name]) => name);
    const wanted = [
      ...['up', 'coordinator', 'worker', 'aggregator', 'submit', 'jobs', 'nodes', 'models'],
      ...['predict', 'doctor'],
      ...['show', 'watch', 'wait', 'events', 'cancel', 'pause', 'resume'].map((v) => `job ${v}`),
      ...['node show', 'node drain'],
      ...['import', 'list', 'show', 'remove'].map((verb) => `data ${verb}`),
      ...['show', 'export', 'promote', 'rollback', 'remove'].map((verb) => `model ${verb}`),
      ...['init', 'user', 'tenant', 'revoke', 'renew'].map((verb) => `creds ${verb}`),
    ];
    expect(names).toEqual(expect.arrayContaining(wanted.map((name) => `shoal ${name}`)));
  });

  it.each(commands)('of %s has examples that are its own, and --json', (name, text) => {
    const examples = text.split('Examples:\n')[1]?.split('\n\n')[0]?.split('\n') ?? [];
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) expect(example).toMatch(new RegExp(`^ {2}${name}( |$)`));
    expect(text).toContain('--json');
  });

  it('does not list what is not there yet', () => {
    expect(commands.map(([name]) => name)).not.toContain('shoal serve');
  });
});
