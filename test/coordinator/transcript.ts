/**
 * Transcripts: a script of what happens, and below each line what the coordinator asks for.
 *
 * Lines that are indented are effects and are written by the run; all others are commands, comments
 * (#) or blank. Heartbeats and ticks come with `pass`; nothing else happens by itself.
 */
import type { CoordinatorEffect } from '../../actors/coordinator/messages.ts';
import type { ResolvedDataset } from '../../actors/coordinator/resolve.ts';
import { jobView, nodeView } from '../../actors/coordinator/view.ts';
import type { JobId } from '../../schemas/ids.ts';
import type { JobView } from '../../schemas/views.ts';
import { TaskState } from '../../schemas/wire.ts';
import { Scene } from './scene.ts';
import { show } from './show.ts';

type Options = Readonly<Record<string, string>>;

/** `name=value` words of a command. */
function optionsIn(words: readonly string[]): Options {
  return Object.fromEntries(
    words
      .filter((word) => /^[a-z]+=/i.test(word))
      .map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]),
  );
}

function shardsOf({ skippedShards, exactness }: JobView): string {
  const shown = skippedShards.map(({ shard, rows }) => `${shard} (${rows} rows)`).join(' ');
  return exactness === null ? shown : `${shown}, ${exactness}`;
}

export class Transcript {
  readonly scene: Scene;
  private replies = 0;

  constructor(dataset: ResolvedDataset) {
    this.scene = new Scene(dataset);
  }

  /** Plays the commands of a text, and gives the text with fresh effects. */
  play(text: string): string {
    const out: string[] = [];
    for (const line of text.split('\n')) {
      if (line.startsWith('  ')) continue;
      out.push(line.trimEnd());
      if (line.trim() === '' || line.startsWith('#')) continue;
      for (const shown of this.line(line)) out.push(`  ${shown}`);
    }
    return `${out.join('\n').trimEnd()}\n`;
  }

  private line(line: string): string[] {
    const [verb = '', ...words] = line.split(/\s+/);
    const result = this.command(verb, words, line);
    return Array.isArray(result) ? result.flatMap(show) : [String(result)];
  }

  private command(
    verb: string,
    words: readonly string[],
    line: string,
  ): CoordinatorEffect[] | string | number {
    const { scene } = this;
    const [a = '', b = ''] = words;
    switch (verb) {
      case 'submit':
        return scene.submit(new TextEncoder().encode(line.slice(verb.length + 1)));
      case 'submit-bytes':
        return scene.submit(new Uint8Array(Number(a)).fill(32));
      case 'submit-as': {
        const json = line.slice(line.indexOf(a) + a.length + 1);
        return scene.submit(new TextEncoder().encode(json), a);
      }
      case 'redeliver': {
        const json = line.slice(line.indexOf(a) + a.length + 1);
        return scene.redeliver(Number(a), new TextEncoder().encode(json));
      }
      case 'pass':
        return scene.pass(Number(a));
      case 'work':
        return this.work(words);
      case 'planned':
        return scene.handle(scene.planned(a));
      case 'stored':
        return scene.handle(scene.inputStored(a));
      case 'entered':
        return scene.handle(scene.published(a));
      case 'cleaned':
        return scene.handle(scene.cleaned(a));
      case 'setback':
        return scene.handle({ type: 'setback', job: a as JobId, what: b, message: 'no answer' });
      case 'takeover':
        scene.takeover();
        return scene.handle({ type: 'tick' });
      case 'found':
        return scene.handle(scene.found(a));
      case 'conflict':
        scene.handle({ type: 'job-conflict', job: a as JobId });
        return `deposed: ${scene.state.deposed}`;
      case 'cancel':
      case 'pause':
      case 'resume':
        this.replies += 1;
        return scene.handle({ type: 'control', verb, job: a, reply: this.replies });
      case 'set': {
        this.replies += 1;
        const change: unknown = JSON.parse(line.slice(line.indexOf(a) + a.length + 1));
        return scene.handle({ type: 'set', job: a, change, reply: this.replies });
      }
      case 'drain':
        this.replies += 1;
        return scene.handle({ type: 'drain', node: a, reply: this.replies });
      case 'snapshot':
        this.replies += 1;
        return scene.handle({ type: 'snapshot', job: a, reply: this.replies });
      case 'stalled-after':
        scene.state.stalledAfterMs = Number(a);
        return `progress unchanged for ${a} ms is a standstill`;
      case 'close':
        return scene.handle({ type: 'close' });
      case 'publishing':
        scene.publishing = a === 'on';
        return `the broker ${scene.publishing ? 'takes' : 'refuses'} events`;
      case 'wall':
        scene.wallStartMs += Number(a);
        return `the wall clock is set by ${a} ms`;
      case 'link':
        scene.echoing = a === 'up';
        return `the own link is ${a}`;
      case 'job':
        return this.job(a);
      case 'node':
        return this.nodeState(a);
      default:
        return this.nodeCommand(verb, a, b, words);
    }
  }

  private nodeCommand(verb: string, a: string, b: string, words: readonly string[]) {
    const { scene } = this;
    const node = scene.node(a);
    switch (verb) {
      case 'join': {
        const { slots, memory, role, label, learner, copies } = optionsIn(words);
        if (copies !== undefined) node.copies = copies === 'yes';
        if (slots !== undefined) node.slots = Number(slots);
        if (memory !== undefined) node.memoryBytes = Number(memory);
        if (role !== undefined) node.role = role;
        if (learner !== undefined) node.learners = [learner];
        if (label !== undefined) node.labels = optionsIn([label.replace(':', '=')]);
        return scene.handle(scene.heartbeat(node));
      }
      case 'beat':
        return scene.handle(scene.heartbeat(node));
      case 'reboot':
        return scene.handle(scene.heartbeat(scene.reboot(a)));
      case 'silence':
        node.beating = false;
        return `${a} sends nothing any more`;
      case 'wake':
        node.beating = true;
        return scene.handle(scene.heartbeat(node));
      case 'gone':
        return scene.handle({ type: 'node-gone', node: a, nonce: node.nonce });
      case 'leave':
        node.leaving = true;
        node.beating = false;
        return scene.handle(scene.heartbeat(node));
      case 'moves':
        node.progress.set(b, (node.progress.get(b) ?? 0) + 1);
        return `${a} says that ${b} moves`;
      case 'forgets':
        node.running.clear();
        return `${a} runs nothing`;
      case 'claim':
        return this.claim(a, b, words);
      case 'commit':
        return this.changed(a, b, scene.commit(a, b));
      case 'hold':
        return this.takeAll(a);
      case 'round': {
        const { loss = '1', slowest = '', missing } = optionsIn(words);
        node.rounds.set(b, {
          round: Number(words[2]),
          metrics: `{"loss":${loss}}`,
          slowest,
          missing: missing === undefined ? [] : missing.split(',').map(Number),
          waitingFor: slowest,
          openMs: 2_500,
        });
        return `${a} leads ${b} after round ${words[2]}`;
      }
      case 'ends':
        return this.changed(
          a,
          b,
          scene.finish(a, b, (record) => {
            record.state = TaskState.DONE;
            record.result = `r-${b.split('.').slice(1).join('.')}`;
            record.note = JSON.stringify({
              rounds: Number(words[2]),
              ended: 'rounds',
              metrics: {},
            });
          }),
        );
      case 'error':
      case 'dies':
        return this.changed(
          a,
          b,
          scene.finish(a, b, (record) => {
            const code = verb === 'dies' ? 'died-in-isolation' : 'learner';
            const { path = '' } = optionsIn(words);
            const said = words.slice(2).filter((word) => !word.includes('='));
            const message = said.join(' ') || 'broken';
            record.errors.push({ node: a, attempt: record.attempt, code, message, path });
            record.state = verb === 'dies' ? TaskState.FAILED : TaskState.PENDING;
            record.node = '';
            record.nonce = '';
          }),
        );
      default:
        throw new Error(`unknown command "${verb}"`);
    }
  }

  /** `plan=` names the plan of an old offer. */
  private claim(node: string, key: string, words: readonly string[]) {
    const attempt = /^\d+$/.test(words[2] ?? '') ? Number(words[2]) : undefined;
    const { plan } = optionsIn(words);
    return this.changed(node, key, this.scene.claim(node, key, attempt, plan));
  }

  private changed(node: string, key: string, why: string | null) {
    return why === null
      ? this.scene.handle()
      : `refused: ${key} ${why}, says the record to ${node}`;
  }

  /** A node claims all that it was offered, and keeps it. */
  private takeAll(id: string): CoordinatorEffect[] {
    for (const { job, task, attempt } of this.scene.node(id).offers.splice(0)) {
      this.scene.claim(id, `${job}.${task}`, attempt ?? 1);
    }
    return this.scene.handle();
  }

  /** Nodes claim and commit whatever they were offered, until nothing is offered any more. */
  private work(nodes: readonly string[]): CoordinatorEffect[] {
    const shown: CoordinatorEffect[] = [];
    for (let idle = false; !idle; ) {
      idle = true;
      for (const id of nodes) {
        for (const offer of this.scene.node(id).offers.splice(0)) {
          const key = `${offer.job}.${offer.task}`;
          if (this.scene.claim(id, key, offer.attempt ?? 1) !== null) continue;
          shown.push(...this.scene.handle());
          this.scene.commit(id, key);
          shown.push(...this.scene.handle());
          idle = false;
        }
      }
    }
    return shown;
  }

  private entry(id: string) {
    const entry = this.scene.state.nodes.nodes.get(id);
    if (entry === undefined) throw new Error(`no node ${id}`);
    return entry;
  }

  private nodeState(id: string): string {
    const { state, quarantine } = nodeView(this.scene.state, this.entry(id));
    return quarantine === null ? JSON.stringify(state) : `in quarantine: ${quarantine.reason}`;
  }

  private job(id: string): string {
    const job = this.scene.state.jobs.get(id as JobId);
    if (job === undefined) return 'there is no such job';
    const view = jobView(this.scene.state, job);
    const { phase, waitingFor, attempts, reassigned, commitsRefused, progress } = view;
    const wait =
      waitingFor && `${waitingFor.what}${waitingFor.node ? ` on ${waitingFor.node}` : ''}`;
    const done = progress && `${progress.stage} ${progress.done}/${progress.total}`;
    return [
      `phase ${phase}`,
      ...(done ? [done] : []),
      ...(wait ? [`waiting for ${wait}`] : []),
      `attempts ${attempts} reassigned ${reassigned} refused ${commitsRefused}`,
      ...(view.skippedShards.length > 0 ? [`without ${shardsOf(view)}`] : []),
      ...(view.output ? [`output ${view.output}`] : []),
      ...(view.model ? [`model ${view.model} ${view.digest}`] : []),
      ...(view.error ? [`error ${view.error.code}: ${view.error.message}`] : []),
    ].join(', ');
  }
}
