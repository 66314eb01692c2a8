/**
 * Generated data sets, as CSV bytes: for a first run without a file of one's own, for tests and for
 * measurements.
 *
 * Row r depends on (kind, seed, r) alone, and only on sums, products and quotients, so the bytes
 * are the same on every machine and a shorter data set is the beginning of a longer one.
 */
import { hashRow } from './row-hash.ts';

/**
 * `mixed`: customers who leave or stay, 8 numbers (some missing), 5 skewed categories, a boolean
 * and a text id; target `churned`. `dense`: 28 numbers, target `label` of 0 and 1.
 * `regression`: 10 numbers and a category, target `y`.
 */
export type SyntheticKind = 'mixed' | 'dense' | 'regression';

export interface SyntheticOptions {
  readonly kind: SyntheticKind;
  readonly rows: number;
  readonly seed: number;
}

/** Rows that `npm start` trains on. */
export const syntheticRowsDefault = 200_000;

/** Column that each kind is there to predict. */
export const syntheticTarget: Readonly<Record<SyntheticKind, string>> = {
  mixed: 'churned',
  dense: 'label',
  regression: 'y',
};

const chunkCharacters = 128 * 1024;

/** The file in chunks of about 128 KiB; the result can be iterated again. */
export function syntheticCsv(options: SyntheticOptions): Iterable<Uint8Array> {
  const table = tables[options.kind];
  return {
    *[Symbol.iterator]() {
      const encoder = new TextEncoder();
      const dice = new Dice();
      let text = `${table.header}\n`;
      for (let row = 0; row < options.rows; row++) {
        dice.seed(options.seed, row);
        text += `${table.row(dice, row)}\n`;
        if (text.length < chunkCharacters) continue;
        yield encoder.encode(text);
        text = '';
      }
      if (text !== '') yield encoder.encode(text);
    },
  };
}

/** Draws of one row: a 32-bit xorshift (George Marsaglia, 2003), started from the row's hash. */
class Dice {
  #state = 1;

  seed(seed: number, row: number): void {
    this.#state = hashRow(seed, row) | 1;
    this.uniform();
    this.uniform();
  }

  /** From 0 up to but not including 1. */
  uniform(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return (x >>> 0) / 2 ** 32;
  }

  /** About normal, mean 0 and variance 1: six uniforms added (Irwin-Hall). */
  normal(): number {
    let sum = -3;
    for (let i = 0; i < 6; i++) sum += this.uniform();
    return sum * Math.SQRT2;
  }

  whole(below: number): number {
    return Math.floor(this.uniform() * below);
  }

  /** An index below `count`, the first ones far more often: cubing skews the uniform. */
  skewed(count: number): number {
    const u = this.uniform();
    return Math.floor(u * u * u * count);
  }

  /** True with probability 1/2 + s / (2 + 2|s|), a sigmoid made of quotients. */
  chance(s: number): boolean {
    return this.uniform() < 0.5 + s / (2 + 2 * Math.abs(s));
  }
}

interface Table {
  readonly header: string;
  row(dice: Dice, row: number): string;
}

const regions = [
  'centre',
  'north',
  'south',
  'east',
  'west',
  '"north, coast"',
  '"south, coast"',
  'lakes',
  'hills',
  'valley',
  'islands',
  'Zürich',
  '"the ""old"" town"',
  'border',
];
const plans = ['basic', 'standard', 'plus', 'family', 'business', 'legacy'];
const devices = ['android', 'ios', 'web', 'desktop', 'tablet', 'tv', 'other'];
const channels = ['search', 'friend', 'advert', 'shop', 'partner'];
const jobs = ['employed', 'self-employed', 'student', 'retired', 'seeking work', 'other'];

const mixed: Table = {
  header:
    'customer,age,income,tenure_months,visits_30d,balance,score,calls,basket,' +
    'region,plan,device,channel,work,newsletter,churned',
  row(dice, row) {
    const age = 18 + Math.floor(50 * dice.uniform() + 22 * dice.uniform());
    const u = dice.uniform();
    const income = 14_000 + 30_000 * dice.uniform() + 120_000 * u * u * u * u;
    const tenure = dice.skewed(180);
    const visits = dice.skewed(60);
    const balance = 900 * dice.normal() + income / 60;
    const score = 600 + 80 * dice.normal() + income / 2_000;
    const calls = dice.skewed(12);
    const basket = 5 + 90 * dice.uniform() * dice.uniform();
    const region = dice.skewed(regions.length);
    const plan = dice.skewed(plans.length);
    const device = dice.skewed(devices.length);
    const channel = dice.skewed(channels.length);
    const work = dice.skewed(jobs.length);
    const newsletter = dice.uniform() < 0.4;
    let s = -1.6 + 0.35 * calls - 0.012 * tenure - 0.03 * visits;
    if (plan === 0 && tenure < 24) s += 1.2;
    if (plan >= 3 && income < 40_000) s += 1.5;
    if (region >= 9) s += 0.9;
    if (device === 2 && age > 55) s += 1.3;
    if (balance < 0) s += 0.8;
    if (newsletter) s -= 0.6;
    s -= (score - 640) / 150;
    const churned = dice.chance(1.8 * s);
    return [
      `C${String(row).padStart(8, '0')}`,
      age,
      dice.uniform() < 0.06 ? '' : income.toFixed(0),
      tenure,
      visits,
      balance.toFixed(2),
      dice.uniform() < 0.03 ? 'NA' : score.toFixed(1),
      calls,
      basket.toFixed(2),
      regions[region],
      plans[plan],
      dice.uniform() < 0.02 ? '?' : devices[device],
      channels[channel],
      jobs[work],
      newsletter,
      churned ? 'yes' : 'no',
    ].join(',');
  },
};

const denseBase = 21;
const denseDerived = 7;
const names = Array.from(
  { length: denseBase + denseDerived },
  (_, i) => `f${String(i + 1).padStart(2, '0')}`,
);

const dense: Table = {
  header: [...names, 'label'].join(','),
  row(dice) {
    const x: number[] = [];
    for (let i = 0; i < denseBase; i++) x.push(i % 3 === 2 ? 3 * dice.uniform() : dice.normal());
    // Derived columns, as physicists make them: products and quotients of the measured ones.
    for (let i = 0; i < denseDerived; i++) {
      const [a, b, c] = [x[3 * i]!, x[3 * i + 1]!, x[3 * i + 2]!];
      x.push((a * a + b * b) / (0.5 + c));
    }
    let s = 0.9 * x[0]! - 0.7 * x[4]! * x[1]! + 0.5 * (x[8]! - 1.5);
    s += 0.6 * (1 - x[21]! / 2) + (x[22]! > 2 ? 0.8 : -0.4) + (x[9]! * x[13]! > 0 ? 0.5 : -0.5);
    const label = dice.chance(1.5 * s) ? 1 : 0;
    return `${x.map((value) => value.toFixed(5)).join(',')},${label}`;
  },
};

const zones = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

const regression: Table = {
  header: 'x01,x02,x03,x04,x05,x06,x07,x08,x09,x10,zone,y',
  row(dice) {
    const x = Array.from({ length: 10 }, () => dice.uniform());
    const zone = dice.skewed(zones.length);
    const [a, b, c, d, e] = x as [number, number, number, number, number];
    // After Friedman (1991), with a parabola in place of the sine.
    const wave = 40 * a * b * (1 - a * b);
    const y = wave + 20 * (c - 0.5) * (c - 0.5) + 10 * d + 5 * e + 1.5 * zone + dice.normal();
    return `${x.map((value) => value.toFixed(6)).join(',')},${zones[zone]},${y.toFixed(4)}`;
  },
};

const tables: Readonly<Record<SyntheticKind, Table>> = { mixed, dense, regression };
