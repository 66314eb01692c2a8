/**
 * Views of jobs, tasks, nodes and the cluster, as people and programs see them.
 */
import { traceIdOf } from '../../runtime/trace.ts';
import { readTaskId } from '../../schemas/ids.ts';
import { lasts } from '../../schemas/job-plan.ts';
import type { SearchView } from '../../schemas/job-search.ts';
import type {
  ClusterView,
  JobView,
  NodeState,
  NodeView,
  StageProgress,
  TaskView,
} from '../../schemas/views.ts';
import { waitOf } from './explain.ts';
import { type JobState, phase, tablesOf } from './job-state.ts';
import { timeOf } from './job-time.ts';
import { exactnessOf } from './left-out.ts';
import type { NodeEntry } from './node-table.ts';
import { inQuarantine } from './quarantine.ts';
import { standstillOf } from './standstill.ts';
import type { CoordinatorState } from './state.ts';

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

function progressOf(job: JobState): StageProgress | null {
  const { table } = job;
  if (table === null) return null;
  return {
    stage: table.stage,
    done: table.done,
    total: table.tasks.length,
    running: table.claimed.size,
  };
}

export function jobView(state: CoordinatorState, job: JobState): JobView {
  const { record, spec, result } = job;
  const { facts } = result;
  const finished = Number(record.finishedAtMs);
  // With a model, or by steps alone: either makes a data set.
  const predicts = spec != null && spec.algorithm === undefined;
  const total = facts?.tasks ?? 0;
  // Its main work: training or, in a job that predicts, the scoring; what comes next has inputs.
  const main = predicts ? ['score'] : ['train', 'rounds'];
  const next = predicts ? 'measure' : 'merge';
  const underWay = main.includes(job.table?.stage ?? '');
  const over = record.inputs.some((input) => input.stage === next);
  return {
    id: job.id,
    phase: phase(job),
    waitingFor: waitOf(state, job),
    algorithm: spec?.algorithm ?? null,
    dataset: facts?.dataset ?? spec?.dataset ?? null,
    // Steps alone learn nothing, whatever their plan has to say.
    task: predicts && spec.predict === undefined ? null : (facts?.task ?? spec?.task ?? null),
    seed: predicts ? null : (spec?.seed ?? null),
    model: predicts ? (facts?.model ?? spec?.predict ?? null) : result.model,
    output: result.output ?? null,
    digest: result.digest,
    exactness: result.digest === null ? null : exactnessOf(result.skippedShards),
    metrics: result.metrics,
    evaluation: result.evaluation ?? null,
    search: searchView(job),
    rounds: result.rounds ?? null,
    rows: predicts ? null : (spec?.rows ?? null),
    shards: facts?.shards ?? null,
    skippedShards: result.skippedShards ?? [],
    attempts: record.attemptsMax,
    moves: record.moves,
    reassigned: record.reassigned,
    commitsRefused: record.commitsRefused,
    progress: progressOf(job),
    tasks: {
      done: underWay ? (job.table?.done ?? 0) : over ? total : 0,
      total,
    },
    error: result.failure,
    startedAt: iso(Number(record.acceptedAtMs)),
    finishedAt: finished === 0 ? null : iso(finished),
    traceId: traceIdOf(record.traceparent),
    events: Number(record.events),
    standstill: standstillOf(state, job),
    head: record.lastHash,
    unpublished: record.outbox.length,
    time: timeOf(job, state.wallMs),
    settings: spec === null ? null : job.settings,
    usedSeconds: Math.floor(job.snapshot.context.usedMs / 1000),
    placed: { local: Number(record.placedLocal), remote: Number(record.placedRemote) },
    spec,
  };
}

function searchView({ result }: JobState): SearchView | null {
  if (result.search === undefined) return null;
  const { steps: _digests, ...search } = result.search;
  return search;
}

/** Tasks of the stage under way. */
export function taskViews(job: JobState): TaskView[] {
  const tasks = tablesOf(job).flatMap((table) => table.tasks);
  return tasks.map((task) => ({
    task: task.id,
    state: task.state,
    attempt: task.attempt,
    node: task.node === '' ? null : task.node,
    result: task.record?.result || null,
    losses: task.record?.losses ?? 0,
    errors: (task.record?.errors ?? []).map((error) => ({
      node: error.node ?? '',
      attempt: error.attempt ?? 0,
      code: error.code ?? '',
      message: error.message ?? '',
    })),
  }));
}

function stateOf(node: NodeEntry): NodeState {
  if (node.verdict === 'alive' && node.heartbeat.draining) return 'draining';
  return node.verdict;
}

export function nodeView(state: CoordinatorState, node: NodeEntry): NodeView {
  const { heartbeat } = node;
  return {
    id: node.id,
    role: heartbeat.role,
    state: stateOf(node),
    host: heartbeat.host,
    pid: heartbeat.pid,
    nonce: node.nonce,
    slots: heartbeat.slots,
    running: heartbeat.running.map((running) => ({
      job: running.job ?? '',
      task: running.task ?? '',
      attempt: running.attempt ?? 0,
      runningMs: running.runningMs ?? 0,
    })),
    silentMs: Math.round(state.nowMs - node.pulse.lastMs),
    uptimeMs: Number(heartbeat.uptimeMs),
    tasksDone: Number(heartbeat.tasksDone),
    commitsRefused: Number(heartbeat.commitsRefused),
    memoryBytes: Number(heartbeat.memoryBytes),
    residentBytes: Number(heartbeat.residentBytes),
    loopLagMs: heartbeat.loopLagMs,
    learners: heartbeat.learners,
    labels: Object.fromEntries(
      heartbeat.labels.map((label) => [label.name ?? '', label.value ?? '']),
    ),
    version: heartbeat.version,
    messages: node.messages,
    quarantine:
      node.quarantine !== null && inQuarantine(state, node)
        ? {
            reason: node.quarantine.reason,
            until: new Date(node.quarantine.until).toISOString(),
          }
        : null,
  };
}

/** Tasks that fill a slot of the node. */
function computing({ heartbeat }: NodeEntry): number {
  return heartbeat.running.filter(({ task }) => !lasts(readTaskId(task)?.stage ?? 'train')).length;
}

export function clusterView(state: CoordinatorState): ClusterView {
  const workers = [...state.nodes.nodes.values()].filter(
    (node) => node.verdict === 'alive' && node.heartbeat.role === 'worker',
  );
  return {
    cluster: state.me.cluster,
    coordinator: state.me.node,
    term: state.me.term,
    jobs: state.active.size,
    nodes: state.nodes.nodes.size,
    slots: workers.reduce((sum, node) => sum + node.heartbeat.slots, 0),
    busy: workers.reduce((sum, node) => sum + computing(node), 0),
    placement: state.placement.name,
    breakers: [...state.breakers.values()].flatMap(
      ({ dependency, state: now, cause, openedAtMs }) =>
        now === 'closed' ? [] : [{ dependency, state: now, cause, since: iso(openedAtMs) }],
    ),
    storage: state.storage,
  };
}
