/**
 * Messages of rounds as they come off the wire.
 *
 * Who sent one is known by its subject, which the server lets nobody else use; a message that says
 * otherwise is refused, and so are names that are none.
 */
import type { Message } from '../../runtime/ports/transport.ts';
import { TerminalError } from '../../schemas/errors.ts';
import { parseNodeId } from '../../schemas/ids.ts';
import { decodeMessage, type MessageShapes } from '../../schemas/wire.ts';

export type RoundOpen = MessageShapes['round-open'];
export type RoundReady = MessageShapes['round-ready'];
export type Reduce = MessageShapes['reduce'];

/** @throws TerminalError on what no leader sends */
export function readOpen({ subject, bytes }: Message): RoundOpen {
  const open = decodeMessage('round-open', bytes);
  checkSender(subject, open.node);
  open.sources.forEach(parseNodeId);
  return open;
}

/** @throws TerminalError on what no holder sends */
export function readReady({ subject, bytes }: Message): RoundReady {
  const ready = decodeMessage('round-ready', bytes);
  checkSender(subject, ready.node);
  return ready;
}

function checkSender(subject: string, node: string): void {
  const sender = parseNodeId(subject.slice(subject.lastIndexOf('.') + 1));
  if (node === sender) return;
  const said = JSON.stringify(node.slice(0, 80));
  throw new TerminalError(
    'bad-message',
    `a message of node "${sender}" says that it is of ${said}`,
  );
}
