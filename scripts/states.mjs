/**
 * The page of a job's states, drawn from the machine itself: a diagram, and a paragraph a state.
 *
 * Signals that most states share are told once instead of drawn everywhere. `generate.mjs` writes
 * the page, and with `--check` says whether it is still what the machine is.
 */
import { jobMachine, machineVersion } from '../actors/coordinator/job-machine.ts';

const COMMON = ['cancel', 'elapse', 'fail', 'pause'];

const INTRO = `# States of a job

_Written by \`npm run generate\` from \`actors/coordinator/job-machine.ts\`, version ${machineVersion} of the machine; a change by hand is lost._

The machine says which phase may follow which. What a phase does is the coordinator's business, and where a job stands is stored with its record, so that any coordinator can go on from there.
`;

/** [signal, target] pairs of a state; a signal without a target stays where it is. */
function movesOf(state) {
  return Object.entries(state.on).flatMap(([signal, transitions]) =>
    transitions
      .filter(({ target }) => target !== undefined)
      .map(({ target }) => [signal, target[0].key]),
  );
}

function drawing(states) {
  const lines = ['stateDiagram-v2', `  [*] --> ${jobMachine.root.initial.target[0].key}`];
  for (const state of states) {
    for (const [signal, target] of movesOf(state)) {
      const shared = Object.hasOwn(state.on, 'pause') && COMMON.includes(signal);
      if (!shared && signal !== 'resume') lines.push(`  ${state.key} --> ${target}: ${signal}`);
    }
  }
  for (const [signal, target] of [...new Set(commonMoves(states).map(String))].map((move) =>
    move.split(','),
  )) {
    lines.push(`  under_way --> ${target}: ${signal}`);
  }
  lines.push('  paused --> under_way: resume');
  for (const state of states) if (state.type === 'final') lines.push(`  ${state.key} --> [*]`);
  return lines;
}

/** Moves that every state which can be paused has. */
function commonMoves(states) {
  const pausable = states.filter((state) => Object.hasOwn(state.on, 'pause'));
  return movesOf(pausable[0]).filter(
    ([signal, target]) =>
      COMMON.includes(signal) &&
      pausable.every((state) => movesOf(state).some(([s, t]) => s === signal && t === target)),
  );
}

function paragraph(state) {
  const moves = movesOf(state).filter(([signal]) => signal !== 'resume');
  const list = moves.map(([signal, target]) => `\`${signal}\` to ${target}`);
  const back = Object.hasOwn(state.on, 'resume') ? ['`resume` to where it came from'] : [];
  const leads = [...list, ...back].join(', ');
  const after = state.type === 'final' ? 'Final.' : `Leads on: ${leads}.`;
  return `## ${state.key}\n\n${state.description}\n\n${after}\n`;
}

/** The whole page as Markdown. */
export function statesPage() {
  const states = Object.values(jobMachine.states);
  const inside = states.filter((state) => Object.hasOwn(state.on, 'pause')).map(({ key }) => key);
  const note = `\`under_way\` stands for ${inside.join(', ')}: each of them can be cancelled, paused, fail, or run out of its deadline (\`elapse\`). \`accepted\` and \`planning\` can be rejected, too; \`publishing\` can only end or fail. A signal that a phase does not know changes nothing.`;
  return `${[
    INTRO,
    `\`\`\`mermaid\n${drawing(states).join('\n')}\n\`\`\`\n`,
    `${note}\n`,
    ...states.map(paragraph),
  ].join('\n')}`;
}
