/** Definition of `shoal completion`. */
import type { Command } from '@stricli/core';
import { command, type ShoalContext } from '../command.ts';
import { type CommonFlags, commonFlags } from '../flags.ts';

const shells = ['bash', 'zsh', 'fish'];

export const completionCommand: Command<ShoalContext> = command<CommonFlags, [string]>({
  brief: 'Print the completion script of a shell: bash, zsh or fish',
  about: 'Prints a script that completes commands and flags. With --json {shell, script}.',
  examples: [
    'completion bash > ~/.local/share/bash-completion/completions/shoal',
    'completion zsh > ~/.zfunc/_shoal',
    'completion fish > ~/.config/fish/completions/shoal.fish',
  ],
  parameters: {
    flags: commonFlags,
    positional: {
      kind: 'tuple',
      parameters: [
        {
          brief: shells.join(', '),
          placeholder: 'SHELL',
          parse: (input: string) => {
            if (shells.includes(input)) return input;
            throw new Error(`"${input}" is not known; use ${shells.join(', ')}`);
          },
        },
      ],
    },
  },
  load: async () => (await import('../commands/completion.ts')).completion,
});
