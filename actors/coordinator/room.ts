/** Whether there is room for what a new job would store; where there is not, it waits and says so. */
import { limits } from '../../schemas/limits.ts';
import type { CoordinatorState } from './state.ts';

/** What a new job waits for where room is short; null where there is enough, or no bound. */
export function roomWanted({ storage }: Pick<CoordinatorState, 'storage'>): string | null {
  if (storage === null || storage.maxBytes === null) return null;
  const { bytes, maxBytes } = storage;
  if (bytes < (maxBytes * limits.blobsFullPercent) / 100) return null;
  const share = Math.round((100 * bytes) / maxBytes);
  const most = limits.blobsFullPercent;
  return (
    `room for blobs: ${bytes} of ${maxBytes} bytes are taken (${share} %), no job begins above ` +
    `${most} %; remove data sets or models with --purge, or give the stream of blobs more room`
  );
}
