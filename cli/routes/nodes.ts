/** Definitions of the commands about nodes: nodes, node show|drain. */
import { buildRouteMap, type Command, type RouteMap } from '@stricli/core';
import { command, type ShoalContext } from '../command.ts';
import { type BusFlags, busFlags, text } from '../flags.ts';

const node = {
  kind: 'tuple',
  parameters: [{ brief: 'name of the node', parse: text, placeholder: 'ID' }],
} as const;

export const nodesCommand: Command<ShoalContext> = command<BusFlags, []>({
  brief: 'List nodes: role, state, load, last heartbeat',
  about: 'Lists nodes. With --json an array of nodes as `node show --json` gives them.',
  examples: ['nodes', 'nodes --json'],
  parameters: { flags: busFlags },
  load: async () => (await import('../commands/nodes.ts')).nodes,
});

export const nodeRoutes: RouteMap<ShoalContext> = buildRouteMap({
  docs: { brief: 'Show or drain one node' },
  routes: {
    show: command<BusFlags, [string]>({
      brief: 'Show a node: state, load, what it computes',
      examples: ['node show worker-1', 'node show worker-1 --json'],
      parameters: { flags: busFlags, positional: node },
      load: async () => (await import('../commands/nodes.ts')).nodeShow,
    }),
    drain: command<BusFlags, [string]>({
      brief: 'Let a node finish what it computes, then leave',
      examples: ['node drain worker-1'],
      parameters: { flags: busFlags, positional: node },
      load: async () => (await import('../commands/nodes.ts')).nodeDrain,
    }),
  },
});
