import { describe, expect, it } from 'vitest';
import type { ColumnSchema, Frame, LevelColumn, NumberColumn } from '../../datasets/frame.ts';
import { adaptFrame, selectColumns, takeRows } from '../../datasets/frame-shape.ts';

const have: ColumnSchema[] = [
  { name: 'n', kind: 'number', storage: 'float64' },
  { name: 'c', kind: 'category', levels: ['a', 'b', 'c'] },
  { name: 't', kind: 'text' },
];
const frame: Frame = {
  rows: 4,
  firstRow: 10,
  columns: new Map([
    ['n', { kind: 'number', values: Float64Array.of(1, Number.NaN, 3, 4) }],
    ['c', { kind: 'category', codes: Int32Array.of(0, 2, -1, 1) }],
    [
      't',
      {
        kind: 'text',
        bytes: new TextEncoder().encode('onethree'),
        offsets: Int32Array.of(0, 3, 3, 8, 8),
        present: Uint8Array.of(1, 0, 1, 1),
      },
    ],
  ]),
};

describe('shaping frames', () => {
  it('selects columns', () => {
    expect([...selectColumns(frame, ['t', 'n']).columns.keys()]).toEqual(['t', 'n']);
    expect(() => selectColumns(frame, ['x'])).toThrow(/no column "x".*"n", "c", "t"/);
  });

  it('gathers rows, in any order, with repeats', () => {
    const taken = takeRows(frame, Int32Array.of(2, 0, 2, 1));
    expect(taken.rows).toBe(4);
    expect((taken.columns.get('n') as NumberColumn).values).toEqual(
      Float64Array.of(3, 1, 3, Number.NaN),
    );
    expect((taken.columns.get('c') as LevelColumn).codes).toEqual(Int32Array.of(-1, 0, -1, 2));
    expect(taken.columns.get('t')).toEqual({
      kind: 'text',
      bytes: new TextEncoder().encode('threeonethree'),
      offsets: Int32Array.of(0, 5, 8, 13, 13),
      present: Uint8Array.of(1, 1, 1, 0),
    });
    expect(takeRows(frame, new Int32Array(0)).rows).toBe(0);
  });

  it('maps levels onto those of a model, unseen ones to -1', () => {
    const wanted: ColumnSchema[] = [
      { name: 'c', kind: 'category', levels: ['b', 'c', 'z'] },
      { name: 'n', kind: 'number', storage: 'float32' },
    ];
    const adapted = adaptFrame(frame, have, wanted);
    expect([...adapted.columns.keys()]).toEqual(['c', 'n']);
    expect((adapted.columns.get('c') as LevelColumn).codes).toEqual(Int32Array.of(-1, 1, -1, 0));
    expect(adapted.columns.get('n')).toBe(frame.columns.get('n'));
    expect((frame.columns.get('c') as LevelColumn).codes).toEqual(Int32Array.of(0, 2, -1, 1));
  });

  it('refuses a column that is absent or of another kind', () => {
    expect(() => adaptFrame(frame, have, [{ name: 'm', kind: 'number' }])).toThrow(
      /no column "m", which the model needs/,
    );
    expect(() => adaptFrame(frame, have, [{ name: 'c', kind: 'number' }])).toThrow(
      /"c" is of kind category, the model was trained on number/,
    );
  });
});
