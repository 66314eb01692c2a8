/**
 * Definitions of the commands that tell a job from its events: job explain|events|verify.
 */
import type { Command } from '@stricli/core';
import { command, type ShoalContext } from '../command.ts';
import { type BusFlags, busFlags, text, whole } from '../flags.ts';

export type ExplainFlags = BusFlags & { readonly at?: number };
export type EventsFlags = BusFlags & { readonly follow: boolean; readonly from?: number };

const id = {
  kind: 'tuple',
  parameters: [{ brief: 'id of the job', parse: text, placeholder: 'ID' }],
} as const;

const eventNumber = (brief: string) =>
  ({
    kind: 'parsed',
    parse: whole(1, 1_000_000_000),
    optional: true,
    brief,
    placeholder: 'N',
  }) as const;

export const jobExplainCommand: Command<ShoalContext> = command<ExplainFlags, [string]>({
  brief: 'Say why a job is where it is, what happened to it, and where its time went',
  about:
    'Replays the events of a job, each checked against the digest of the one before, and says what\n' +
    'it waits for, on which node and since when, which nodes were lost and who took up their work,\n' +
    'errors with their causes, and where the time went. With --at as it was after that event. While\n' +
    'the job is under way the coordinator is asked too. Exit 1 where the chain is broken.\n' +
    'With --json {story, live, broken}.',
  examples: ['job explain adult-1', 'job explain adult-1 --at 12', 'job explain adult-1 --json'],
  parameters: {
    flags: { ...busFlags, at: eventNumber('stop after the event of this number') },
    positional: id,
  },
  load: async () => (await import('../commands/job-explain.ts')).jobExplain,
});

export const jobEventsCommand: Command<ShoalContext> = command<EventsFlags, [string]>({
  brief: "Print a job's events, checked against their chain of digests",
  about:
    "Prints a job's events, oldest first, each checked against the digest of the one before.\n" +
    'With --json one event a line.',
  examples: [
    'job events adult-1',
    'job events adult-1 --from 40',
    'job events adult-1 --follow --json',
  ],
  parameters: {
    flags: {
      ...busFlags,
      follow: {
        kind: 'boolean',
        default: false,
        withNegated: false,
        brief: 'go on until the job has ended',
      },
      from: eventNumber('begin with the event of this number; all before it are checked too'),
    },
    positional: id,
  },
  load: async () => (await import('../commands/job-explain.ts')).jobEvents,
});

export const jobVerifyCommand: Command<ShoalContext> = command<BusFlags, [string]>({
  brief: "Prove that a job's events are whole and unchanged",
  about:
    'Reads every event of a job from the first one on, checks that each names the digest of the one\n' +
    'before, and holds number and digest of the last one against the job itself. Exit 1 names the\n' +
    'event that is missing, changed or slipped in. With --json {job, sound, events, head, faults}.',
  examples: ['job verify adult-1', 'job verify adult-1 --json'],
  parameters: { flags: busFlags, positional: id },
  load: async () => (await import('../commands/job-explain.ts')).jobVerify,
});
