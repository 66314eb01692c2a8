/**
 * The holder of rounds on a node: slices by job, and sums for leaders that have too many to pull.
 */
import type { Message, Subscription } from '../../runtime/ports/transport.ts';
import type { JobId, NodeId } from '../../schemas/ids.ts';
import { decodeMessage, encodeMessage } from '../../schemas/wire.ts';
import type { JobData } from '../task-runner/job-source.ts';
import type { TaskContext } from '../task-runner/role.ts';
import { JobHolder, type WithShard } from './job-holder.ts';
import type { RoundNode } from './round-node.ts';

const heldDigits = 16;

export class Holder {
  readonly #node: RoundNode;
  readonly #withShard: WithShard;
  readonly #jobs = new Map<JobId, JobHolder>();
  #reduce: Subscription | null = null;

  constructor(node: RoundNode, withShard: WithShard) {
    this.#node = node;
    this.#withShard = withShard;
  }

  /** Holds a slice until the signal is raised; rejects with what ended it. */
  async hold(
    job: JobId,
    data: JobData,
    work: { readonly slice: number; readonly shard: number },
    context: TaskContext,
  ): Promise<never> {
    const group = this.#groupFor(job, data) ?? this.#open(job, data, context);
    try {
      return await group.hold(work.slice, work.shard, context);
    } finally {
      if (group.empty && this.#jobs.get(job) === group) this.#close(job, group);
    }
  }

  /** The first digits of the manifests whose rows are held. */
  held(): string[] {
    return [...this.#jobs.values()].map(({ data }) =>
      data.bytes.manifest.digest.slice(0, heldDigits),
    );
  }

  /** How long rounds take here, by job. */
  paces(): { readonly job: JobId; readonly slices: number; readonly ms: number }[] {
    return [...this.#jobs].flatMap(([job, group]) => {
      const pace = group.pace();
      return pace === null ? [] : [{ job, ...pace }];
    });
  }

  stop(): void {
    for (const [job, group] of this.#jobs) this.#close(job, group);
  }

  /** What is held under another plan of the job is given up: the claims on it are void. */
  #groupFor(job: JobId, data: JobData): JobHolder | undefined {
    const group = this.#jobs.get(job);
    if (group === undefined || group.data.bytes.plan.digest === data.bytes.plan.digest)
      return group;
    this.#close(job, group);
    return undefined;
  }

  #open(job: JobId, data: JobData, { node, nonce }: TaskContext): JobHolder {
    const group = new JobHolder(this.#node, { node, nonce }, job, data, this.#withShard);
    this.#jobs.set(job, group);
    this.#reduce ??= this.#listen(node);
    return group;
  }

  #close(job: JobId, group: JobHolder): void {
    this.#jobs.delete(job);
    group.close();
    if (this.#jobs.size > 0) return;
    this.#reduce?.unsubscribe();
    this.#reduce = null;
  }

  #listen(node: NodeId): Subscription {
    const { transport, subjects } = this.#node.bus;
    return transport.subscribe(subjects.reduce(node), (message) => void this.#sum(message));
  }

  async #sum(message: Message): Promise<void> {
    let reply: object;
    try {
      const asked = decodeMessage('reduce', message.bytes);
      const group = this.#jobs.get(asked.job as JobId);
      reply = (await group?.reduce(asked)) ?? { error: `nothing of job "${asked.job}" is held` };
    } catch (error) {
      reply = { error: error instanceof Error ? error.message : String(error) };
    }
    message.respond(encodeMessage('reduce-reply', reply));
  }
}
