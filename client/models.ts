/**
 * Models in the registry: list, read, promote, roll back, remove.
 *
 * The coordinator adds a version when it publishes a job; here the record is only read and its
 * `live` mark moved, always by compare-and-set. Which version answers for a bare name is one rule:
 * the live one if one was promoted, else the newest that is finished (`schemas/model-versions.ts`).
 */
import type { Bus } from '../runtime/bus.ts';
import { ConflictError } from '../runtime/errors.ts';
import { RetryableError, ShoalError, TerminalError } from '../schemas/errors.ts';
import { parseDigest } from '../schemas/ids.ts';
import { answeringVersion, presentVersions } from '../schemas/model-versions.ts';
import { nearest } from '../schemas/nearest.ts';
import { type ModelRecord, type ModelVersion, records } from '../schemas/wire.ts';
import { abortable } from './abort.ts';
import { NotFoundError } from './errors.ts';
import { parseVersioned } from './versioned-name.ts';

export interface ModelView {
  readonly name: string;
  readonly version: number;
  /** Whether this version answers for the bare name because it was promoted. */
  readonly live: boolean;
  /** SHA-256 of the model's bytes. */
  readonly digest: string;
  readonly job: string;
  readonly learner: string;
  readonly dataset: string;
  readonly kind: string;
  readonly exactness: string;
  readonly provenance: string | null;
  readonly metrics: Readonly<Record<string, unknown>> | null;
  readonly bytes: number;
  readonly createdAt: string;
}

const casAttempts = 20;

export class ModelRegistry {
  private readonly bus: Bus;

  constructor(bus: Bus) {
    this.bus = bus;
  }

  /** The answering version of every model, by name. */
  async list(signal?: AbortSignal): Promise<ModelView[]> {
    const entries = await abortable(this.bus.store.list('models', ''), signal);
    return entries
      .map((entry) => records.model.decode(entry.value))
      .flatMap((record) => {
        const version = answeringVersion(record);
        return version === undefined ? [] : [viewOf(record, version)];
      })
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** All present versions, oldest first. @throws NotFoundError */
  async versions(name: string, signal?: AbortSignal): Promise<ModelView[]> {
    const { value } = await this.record(parseVersioned(name).name, signal);
    return presentVersions(value).map((version) => viewOf(value, version));
  }

  /** `name` or `name@version`. @throws NotFoundError */
  async get(reference: string, signal?: AbortSignal): Promise<ModelView> {
    const { name, version } = parseVersioned(reference);
    const { value } = await this.record(name, signal);
    const found =
      version === null
        ? answeringVersion(value)
        : presentVersions(value).find((v) => v.version === version);
    if (found === undefined) throw new NotFoundError('model', reference);
    return viewOf(value, found);
  }

  /** The model's canonical bytes, checked against its digest. */
  async bytes(model: ModelView, signal?: AbortSignal): Promise<Uint8Array> {
    try {
      return await abortable(this.bus.blobs.get(parseDigest(model.digest)), signal);
    } catch (error) {
      const code = error instanceof ShoalError ? error.code : '';
      if (code !== 'corrupt-blob' && code !== 'no-blob') throw error;
      throw new TerminalError(
        'model-damaged',
        `model "${model.name}@${model.version}" cannot be used: ${(error as Error).message}`,
        {
          fix: `let the version before answer: \`shoal model rollback ${model.name}\`; or train it again`,
          cause: error,
        },
      );
    }
  }

  /** The provenance object, where the job stored one. */
  async provenance(model: ModelView, signal?: AbortSignal): Promise<unknown> {
    if (model.provenance === null) return null;
    const bytes = await abortable(this.bus.blobs.get(parseDigest(model.provenance)), signal);
    return JSON.parse(new TextDecoder().decode(bytes));
  }

  /** Makes a version answer for the bare name; without `@version` the newest. */
  promote(reference: string): Promise<ModelView> {
    const { version } = parseVersioned(reference);
    return this.change(reference, (record) => {
      const found =
        version === null
          ? presentVersions(record).at(-1)
          : presentVersions(record).find((candidate) => candidate.version === version);
      if (found === undefined) throw new NotFoundError('model', reference);
      record.live = found.version ?? 0;
      return found;
    });
  }

  /** Makes the version before the answering one answer again. */
  rollback(name: string): Promise<ModelView> {
    return this.change(name, (record) => {
      const now = answeringVersion(record)?.version ?? 0;
      const before = presentVersions(record)
        .filter((version) => (version.version ?? 0) < now)
        .at(-1);
      if (before === undefined) {
        throw new TerminalError(
          'no-earlier-version',
          `model "${record.name}" has no version before ${now}`,
          { fix: `see \`shoal model show ${record.name}\`` },
        );
      }
      record.live = before.version ?? 0;
      return before;
    });
  }

  /** Numbers of the listed versions that a reference means. @throws NotFoundError */
  async numbers(reference: string, signal?: AbortSignal): Promise<number[]> {
    const { name, version } = parseVersioned(reference);
    const { value } = await this.record(name, signal);
    const hit = presentVersions(value).filter((v) => version === null || v.version === version);
    if (hit.length === 0) throw new NotFoundError('model', reference);
    return hit.map((v) => v.version ?? 0);
  }

  /**
   * Takes one version, or with a bare name all of them, out of the registry; with `purge` also the
   * bytes of model and provenance, as far as no other version has the same.
   */
  async remove(reference: string, options: { purge?: boolean } = {}): Promise<ModelView[]> {
    const { version } = parseVersioned(reference);
    const removed: ModelView[] = [];
    await this.change(reference, (record) => {
      const hit = presentVersions(record).filter((v) => version === null || v.version === version);
      const first = hit[0];
      if (first === undefined) throw new NotFoundError('model', reference);
      removed.length = 0;
      removed.push(...hit.map((v) => viewOf(record, v)));
      record.versions = record.versions.map((v) => (hit.includes(v) ? { ...v, removed: true } : v));
      if (hit.some((v) => v.version === record.live)) record.live = 0;
      return first;
    });
    if (options.purge === true) await this.purge(removed);
    return removed;
  }

  private async purge(removed: readonly ModelView[]): Promise<void> {
    const entries = await this.bus.store.list('models', '');
    const kept = new Set(
      entries
        .flatMap((entry) => presentVersions(records.model.decode(entry.value)))
        .flatMap(({ digest, provenance }) => [digest, provenance]),
    );
    const doomed = new Set(removed.flatMap(({ digest, provenance }) => [digest, provenance]));
    for (const digest of doomed) {
      if (digest !== null && !kept.has(digest)) await this.bus.blobs.remove(parseDigest(digest));
    }
  }

  private async change(
    reference: string,
    edit: (record: ModelRecord) => ModelVersion,
  ): Promise<ModelView> {
    const { name } = parseVersioned(reference);
    for (let attempt = 0; attempt < casAttempts; attempt++) {
      const { value, revision } = await this.record(name);
      const version = edit(value);
      try {
        await this.bus.store.update('models', name, records.model.encode(value), revision);
        return viewOf(value, version);
      } catch (error) {
        if (!(error instanceof ConflictError)) throw error;
      }
    }
    throw new RetryableError('conflict', `model "${name}" is being changed by others`, 250, {
      fix: 'try again',
    });
  }

  private async record(
    name: string,
    signal?: AbortSignal,
  ): Promise<{ value: ModelRecord; revision: number }> {
    const entry = await abortable(this.bus.store.get('models', name), signal);
    if (entry !== undefined) {
      const value = records.model.decode(entry.value);
      if (presentVersions(value).length > 0) return { value, revision: entry.revision };
    }
    const known = await this.list(signal);
    throw new NotFoundError(
      'model',
      name,
      nearest(
        name,
        known.map((model) => model.name),
      ),
    );
  }
}

function viewOf(record: ModelRecord, version: ModelVersion): ModelView {
  return {
    name: record.name,
    version: version.version ?? 0,
    live: version.version === record.live,
    digest: version.digest ?? '',
    job: version.job ?? '',
    learner: version.learner ?? '',
    dataset: version.dataset ?? '',
    kind: version.kind ?? '',
    exactness: version.exactness ?? '',
    provenance: version.provenance ? version.provenance : null,
    metrics: version.metrics ? (JSON.parse(version.metrics) as Record<string, unknown>) : null,
    bytes: Number(version.bytes ?? 0),
    createdAt: new Date(Number(version.createdAtMs ?? 0)).toISOString(),
  };
}
