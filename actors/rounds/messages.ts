/** Messages of rounds as they come off the wire. */
import type { MessageShapes } from '../../schemas/wire.ts';

export type RoundOpen = MessageShapes['round-open'];
export type RoundReady = MessageShapes['round-ready'];
export type Reduce = MessageShapes['reduce'];
export type ReduceReply = MessageShapes['reduce-reply'];
