import { describe, expect, it } from 'vitest';
import { readCsvFrames } from '../../datasets/csv-frames.ts';
import type { ColumnSchema, Frame, LevelColumn, NumberColumn } from '../../datasets/frame.ts';
import { dataErrorOf, sourceOf } from '../support/csv-text.ts';

const columns: ColumnSchema[] = [
  { name: 'age', kind: 'number', storage: 'float64' },
  { name: 'city', kind: 'category', levels: ['Basel', 'Bern', 'Genf'] },
  { name: 'member', kind: 'boolean', levels: ['false', 'true'] },
];

async function framesOf(text: string, rowsPerFrame?: number, sizes?: readonly number[]) {
  const read = await readCsvFrames(sourceOf(text, sizes), columns, {
    file: 'new.csv',
    ...(rowsPerFrame === undefined ? {} : { rowsPerFrame }),
  });
  const frames: Frame[] = [];
  for await (const frame of read.frames()) frames.push(frame);
  return { read, frames };
}

const text = 'city,member,extra,age\nBern,yes,1,30\nParis,no,2,\n?,TRUE,3,41.5\nBasel,,4,1e1\n';

describe('reading a CSV file for prediction', () => {
  it('takes columns by name, keeps the order of rows, counts unseen levels', async () => {
    const { read, frames } = await framesOf(text, 3, [5]);
    expect(frames.map(({ rows, firstRow }) => [rows, firstRow])).toEqual([
      [3, 0],
      [1, 3],
    ]);
    const [first, last] = frames as [Frame, Frame];
    expect([...first.columns.keys()]).toEqual(['age', 'city', 'member']);
    expect((first.columns.get('age') as NumberColumn).values).toEqual(
      Float64Array.of(30, Number.NaN, 41.5),
    );
    expect((first.columns.get('city') as LevelColumn).codes).toEqual(Int32Array.of(1, -1, -1));
    expect((first.columns.get('member') as LevelColumn).codes).toEqual(Int32Array.of(1, 0, 1));
    expect((last.columns.get('city') as LevelColumn).codes).toEqual(Int32Array.of(0));
    expect((last.columns.get('member') as LevelColumn).codes).toEqual(Int32Array.of(-1));
    expect((last.columns.get('age') as NumberColumn).values).toEqual(Float64Array.of(10));
    expect(read.notes).toEqual(['columns that the model does not use: "extra"']);
    expect(read.unseenLevels()).toEqual(new Map([['city', 1]]));
  });

  it('names a column that is missing, and the one that it may have become', async () => {
    const error = await dataErrorOf(framesOf('Age,city,member\n1,Bern,true\n'));
    expect(error).toMatchObject({ code: 'data-missing-column', column: 'age', file: 'new.csv' });
    expect(error.message).toMatch(/no column "age".*rename "Age"/);
    const other = await dataErrorOf(framesOf('a,b\n1,2\n'));
    expect(other.message).toMatch(/3 of 3 columns are absent.*the file has "a", "b"/);
  });

  it('refuses a value that is no number, with its place', async () => {
    const error = await dataErrorOf(framesOf('age,city,member\n1,Bern,true\nold,Bern,true\n'));
    expect(error).toMatchObject({ code: 'data-value', line: 3, column: 'age', byteOffset: 28 });
    const flag = await dataErrorOf(framesOf('age,city,member\n1,Bern,perhaps\n'));
    expect(flag.message).toMatch(/"perhaps" is not true or false/);
  });
});
