/**
 * A model with the steps that its rows go through first, as one run of bytes: the model's digest
 * covers both, and neither goes anywhere without the other.
 */
import { CanonicalError, CanonicalReader, CanonicalWriter } from '../schemas/canonical.ts';

const MAGIC = 'shoal-model-with-steps';
const FORMAT = 1;

export interface Enveloped {
  readonly pipeline: Uint8Array;
  readonly model: Uint8Array;
}

export function seal({ pipeline, model }: Enveloped): Uint8Array {
  const writer = new CanonicalWriter(64 + pipeline.length + model.length);
  return writer.text(MAGIC).uint(FORMAT).bytes(pipeline).bytes(model).finish();
}

/** Models of plug-ins may begin with anything. */
function begins(reader: CanonicalReader): boolean {
  try {
    return reader.text(64) === MAGIC;
  } catch {
    return false;
  }
}

/** Null for a model that takes its rows as they are. @throws CanonicalError */
export function unseal(bytes: Uint8Array): Enveloped | null {
  const reader = new CanonicalReader(bytes);
  if (!begins(reader)) return null;
  const format = reader.uint();
  if (format !== FORMAT) {
    throw new CanonicalError(`format ${format} of a model with steps is not known; upgrade shoal`);
  }
  const parts = { pipeline: reader.bytes(), model: reader.bytes() };
  reader.end();
  return parts;
}
