/**
 * Shards as one Arrow IPC file, which is also Feather version 2.
 *
 * Shards are Arrow streams of one schema and equal dictionaries, so their batches are passed on as
 * they are; only the table of contents is made. Importing this file loads apache-arrow.
 */
import { MetadataVersion, type Schema } from 'apache-arrow';
import { FileBlock, Footer } from 'apache-arrow/ipc/metadata/file';
import { arrowMessages, endMark } from './arrow-messages.ts';

const mark = Buffer.from('ARROW1');

/** @param shards the bytes of each, in order */
export async function* arrowFile(shards: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const batches: FileBlock[] = [];
  const dictionaries: FileBlock[] = [];
  let schema: Schema | undefined;
  let offset = 8;
  yield Buffer.concat([mark, Buffer.alloc(2)]);
  for await (const shard of shards) {
    const isFirst = batches.length === 0;
    for await (const { message, bytes } of arrowMessages(memoryFile(shard))) {
      if (!message.isRecordBatch() && !isFirst) continue;
      if (message.isSchema()) schema = message.header() as Schema;
      else {
        const { bodyLength } = message;
        const block = new FileBlock(bytes.length - bodyLength, bodyLength, offset);
        (message.isRecordBatch() ? batches : dictionaries).push(block);
      }
      yield bytes;
      offset += bytes.length;
    }
  }
  if (schema === undefined) throw new TypeError('a data set has one shard at least');
  const footer = Footer.encode(new Footer(schema, MetadataVersion.V5, batches, dictionaries));
  const length = Buffer.alloc(4);
  length.writeInt32LE(footer.length);
  yield Buffer.concat([endMark, footer, length, mark]);
}

function memoryFile(bytes: Uint8Array) {
  return {
    file: 'shard',
    bytes: bytes.length,
    open: () => [bytes],
    read: async (from: number, to: number) => bytes.subarray(from, to),
  };
}
