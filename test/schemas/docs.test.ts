/** The documentation names what the code has: fields, subjects, streams, events, metrics, roles. */
import { describe, expect, it } from 'vitest';
import { type MetricShape, metricShapes } from '../../schemas/metric-names.ts';
import { roles } from '../../schemas/roles.ts';
import { buckets, keys, streams } from '../../schemas/subjects.ts';
import { readProjectFile } from '../support/source-tree.ts';

/** Each whole word of the text, with the characters that names may hold. */
const wordsOf = (text: string): Set<string> => new Set(text.match(/[A-Za-z0-9_.$*-]+/g));

describe('docs/protocol.md', () => {
  const text = readProjectFile('docs/protocol.md');
  const words = wordsOf(text);

  it('names every message and field of the wire', () => {
    const proto = readProjectFile('schemas/shoal.proto').replace(/\/\/.*$/gm, '');
    const names = [
      ...[...proto.matchAll(/^message (\w+)/gm)].map(([, name]) => name),
      ...[...proto.matchAll(/^\s+(?:repeated )?\w+ (\w+) = \d+;/gm)].map(([, name]) => name),
    ];
    expect(names.length).toBeGreaterThan(120);
    expect(names.filter((name) => !words.has(name as string))).toEqual([]);
  });

  it('names every stream, bucket and key', () => {
    const names = [
      ...Object.values(streams).map((stream) => stream.name),
      ...Object.values(buckets),
      ...[keys.layout, keys.lease],
    ];
    expect(names.filter((name) => !words.has(name))).toEqual([]);
  });

  it('names every kind of event and every verb', () => {
    const views = readProjectFile('schemas/views.ts');
    const kinds = views.slice(views.indexOf('export type EventKind')).matchAll(/'([a-z-]+)'/g);
    const verbs = views
      .slice(views.indexOf('interface Queries'), views.indexOf('export type QueryVerb'))
      .matchAll(/^ {2}(\w+): \{ ask/gm);
    const names = [...kinds, ...verbs].map(([, name]) => name as string);
    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((name) => !words.has(name))).toEqual([]);
  });
});

describe('docs/operations.md', () => {
  const text = readProjectFile('docs/operations.md');

  it('shows every metric with its labels', () => {
    for (const [name, shape] of Object.entries(metricShapes) as [string, MetricShape][]) {
      const labels = shape.labels.map((label) => `\`${label}\``).join(', ');
      expect(text).toContain(`| \`${name}\` | ${shape.kind} | ${labels} |`);
    }
  });

  it('explains every role', () => {
    for (const role of roles) expect(text).toContain(`| \`${role}\` |`);
  });
});
