/** Where the newest message of a stream stands, among those whose subject matches. */
import { faultCodes, isFault } from './broker-error.ts';
import type { Link } from './link.ts';

interface Answer {
  readonly message: { readonly seq: number };
}

/** 0 where none can be read; asked of the stream's leader. @throws what the broker answers else */
export async function newestSeq(link: Link, stream: string, filter: string): Promise<number> {
  try {
    const question = { last_by_subj: filter };
    return (await link.api<Answer>(`STREAM.MSG.GET.${stream}`, question)).message.seq;
  } catch (error) {
    if (isFault(error, faultCodes.notFound)) return 0;
    throw error;
  }
}

/**
 * Removes what is stored by now, and nothing that comes later: a request that lay on a broken link for
 * a while must not meet what was stored since.
 */
export async function purgeStored(link: Link, stream: string, filter: string): Promise<void> {
  const newest = await newestSeq(link, stream, filter);
  if (newest > 0) await link.api(`STREAM.PURGE.${stream}`, { filter, seq: newest + 1 });
}
