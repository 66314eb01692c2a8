/**
 * Has the troubles of a plan happen to a simulated cluster, and heals everything in the end.
 */
import { type TaskRecord, TaskState } from '../../schemas/wire.ts';
import { processNames, type SimCluster } from './sim-cluster.ts';
import { type Plan, pick, type Trouble } from './troubles.ts';
import * as bad from './weather.ts';
import { Weather } from './weather.ts';

/** Steps of a wall clock, milliseconds. */
const steps = [3_600_000, -3_600_000, 600_000, -600_000];
const driftMost = 0.05;
const slowTimes = 10;
const flapMs = 1_000;

type Undo = () => void;

/** Sets the troubles going. @returns when the last of them is over, in milliseconds from now */
export function unleash(cluster: SimCluster, plan: Plan): number {
  const weather = new Weather();
  const disturbed = plan.lossy > 0 || plan.latencyMs > 0;
  cluster.broker.faults = weather.fate;
  if (disturbed) weather.add(bad.lossy(cluster.random, plan.lossy, plan.latencyMs));
  let overMs = disturbed ? 8_000 : 0;
  for (const trouble of plan.troubles) {
    const { what, who, atMs, forMs } = trouble;
    cluster.clock.after(atMs, () => {
      cluster.tell(`${what} ${who.join(' ')}`);
      const undo = begin(cluster, weather, trouble);
      if (trouble.forGood) return;
      cluster.clock.after(forMs, () => {
        cluster.tell(`end of ${what} ${who.join(' ')}`);
        undo();
      });
    });
    overMs = Math.max(overMs, atMs + forMs);
  }
  cluster.clock.after(overMs, () => {
    weather.clear();
    cluster.broker.faults = null;
    cluster.tell('all is well');
  });
  return overMs;
}

function begin(cluster: SimCluster, weather: Weather, trouble: Trouble): Undo {
  const { broker, random, clock } = cluster;
  const { what, who, forMs } = trouble;
  const [name = ''] = who;
  const during = (kind: Parameters<Weather['add']>[0]) => {
    weather.add(kind);
    return () => weather.remove(kind);
  };
  const lasting = { untilMs: clock.nowMs() + forMs, nowMs: () => clock.nowMs() };
  switch (what) {
    case 'kill':
      broker.kill(name);
      return () => cluster.start(name);
    case 'leave':
      cluster.sayGoodbye(name);
      return () => {
        broker.kill(name);
        cluster.start(name);
      };
    case 'freeze':
      broker.freeze(name);
      return () => broker.thaw(name);
    case 'cut':
      broker.disconnect(name);
      return () => broker.reconnect(name);
    case 'flap':
      return flap(cluster, name);
    case 'mute':
      return during(bad.mute(who, lasting));
    case 'deaf':
      return during(bad.deaf(who, lasting));
    case 'split':
      return during(bad.split(who, lasting));
    case 'burst':
      return during(bad.burst(random, 200 + random.next() * 2_000));
    case 'stray':
      return during(bad.stray(random));
    case 'doubles':
      return during(bad.doubles(random));
    case 'lost-answers':
      return during(bad.lostAnswers(random));
    case 'lost-acks':
      return during(bad.lostAcks());
    default:
      return beginAtAll(cluster, trouble);
  }
}

function beginAtAll(cluster: SimCluster, { what, who }: Trouble): Undo {
  const { broker, random } = cluster;
  const [name = ''] = who;
  const nothing = () => {};
  switch (what) {
    case 'slow':
      cluster.slowness.set(name, slowTimes);
      return () => cluster.slowness.delete(name);
    case 'wall':
      cluster.setWall(name, pick(steps, random), (random.next() * 2 - 1) * driftMost);
      return nothing;
    case 'broker':
      broker.stop();
      return () => broker.start();
    case 'full':
      broker.full = true;
      return () => {
        broker.full = false;
      };
    case 'blackout':
      for (const each of processNames) broker.kill(each);
      broker.stop();
      return () => {
        broker.start();
        for (const each of processNames) cluster.start(each);
      };
    default:
      damage(cluster, what === 'lose');
      return nothing;
  }
}

/** The link of a process goes every second, and is back a second later. */
function flap(cluster: SimCluster, name: string): Undo {
  const { broker, clock } = cluster;
  let over = false;
  const turn = (up: boolean) => {
    if (over) return;
    if (up) broker.reconnect(name);
    else broker.disconnect(name);
    clock.after(flapMs / 2, () => turn(!up));
  };
  turn(false);
  return () => {
    over = true;
    broker.reconnect(name);
  };
}

/** Damages or loses a blob: the result of a task that is done, or a shard where there is none. */
function damage(cluster: SimCluster, lose: boolean): void {
  const { watchdog, broker, bus, random } = cluster;
  const isBlob = ({ state, inlineResult }: TaskRecord) =>
    state === TaskState.DONE && inlineResult.length === 0;
  const results = watchdog.tasks.filter(({ record }) => isBlob(record));
  const digests =
    results.length > 0 && random.next() < 0.7
      ? results.map(({ record }) => record.result)
      : [...watchdog.blobs];
  const digest = pick(digests, random);
  watchdog.damaged.add(digest);
  const subject = bus.subjects.chunk(digest as never, 0);
  const done = lose ? broker.lose(subject) : broker.corrupt(subject);
  cluster.tell(`${lose ? 'lost' : 'damaged'} blob ${digest}: ${done}`);
}
