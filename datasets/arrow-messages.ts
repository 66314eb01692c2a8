/**
 * The messages of an Arrow IPC file or stream, one at a time: schema, dictionaries, record batches.
 *
 * A stream has them one after the other up to its end mark; a file has a table of contents at its
 * end. Every length and place is checked before it is used, so that memory is that of one message.
 * Importing this file loads apache-arrow.
 */
import { Message, type MessageHeader } from 'apache-arrow';
import { type FileBlock, Footer } from 'apache-arrow/ipc/metadata/file';
import { DataError, type DataPlace, quoteShort } from './data-error.ts';
import type { DataFile } from './raw-table.ts';

export interface FramedMessage {
  readonly message: Message;
  /** The message as a stream has it, body included. */
  readonly bytes: Uint8Array;
  /** Where the next one begins. */
  readonly end: number;
}

const fileMark = Buffer.from('ARROW1');
/** The mark of a file is padded to this. */
const fileMarkBytes = 8;
/** Length of the table of contents, and the mark again. */
const tailBytes = 4 + fileMark.length;
/** Mark and length before a message; with no length, the end. */
const headBytes = 8;
/** Of an entry in the table of contents. */
const blockBytes = 24;
const metadataMax = 64 * 1024 * 1024;
/** Of the buffers of one record batch. */
export const buffersMax = 1024 * 1024 * 1024;

/** What ends a stream. */
export const endMark: Uint8Array = Buffer.from('ffffffff00000000', 'hex');

/** @throws DataError `data-format` for what is no sound Arrow IPC, or is cut off */
export async function* arrowMessages(source: DataFile): AsyncGenerator<FramedMessage> {
  const head = Buffer.from(await source.read(0, fileMark.length));
  const messages = new Messages(source);
  if (!head.equals(fileMark)) {
    yield* messages.ofStream();
    return;
  }
  const footer = await messages.footer();
  yield schemaMessage(footer);
  for (const block of [...footer.dictionaryBatches(), ...footer.recordBatches()]) {
    yield await messages.ofBlock(block);
  }
}

/** The schema of a file as a stream begins with it. */
function schemaMessage({ schema }: Footer): FramedMessage {
  const message = Message.from(schema);
  const metadata = Message.encode(message);
  const length = Math.ceil(metadata.length / 8) * 8;
  const bytes = Buffer.alloc(headBytes + length);
  bytes.writeInt32LE(-1, 0);
  bytes.writeInt32LE(length, 4);
  bytes.set(metadata, headBytes);
  return { message: message as Message<MessageHeader>, bytes, end: fileMarkBytes };
}

class Messages {
  readonly #source: DataFile;

  constructor(source: DataFile) {
    this.#source = source;
  }

  async *ofStream(): AsyncGenerator<FramedMessage> {
    const { bytes } = this.#source;
    for (let at = 0; ; ) {
      const framed = at < bytes ? await this.#at(at) : this.#cutOff();
      if (framed === undefined) return;
      yield framed;
      at = framed.end;
    }
  }

  async ofBlock({ offset, metaDataLength, bodyLength }: FileBlock): Promise<FramedMessage> {
    const sound = offset >= fileMarkBytes && metaDataLength > 0 && bodyLength >= 0;
    const framed = sound ? await this.#at(offset) : undefined;
    if (framed !== undefined) return framed;
    throw unsound('its table of contents names a message that is none', this.#place(offset));
  }

  async footer(): Promise<Footer> {
    const { bytes } = this.#source;
    const tail = Buffer.from(await this.#source.read(Math.max(0, bytes - tailBytes), bytes));
    const length = tail.length === tailBytes ? tail.readInt32LE(0) : -1;
    const from = bytes - tailBytes - length;
    if (!tail.subarray(4).equals(fileMark) || length <= 0 || from < fileMarkBytes) this.#cutOff();
    const footer = await this.#read(from, from + length);
    const decoded = soundly(() => Footer.decode(Uint8Array.from(footer)), this.#place(from));
    const blocks = decoded.numDictionaries + decoded.numRecordBatches;
    if (blocks * blockBytes <= length) return decoded;
    throw unsound(`its table of contents says ${blocks} messages`, this.#place(from));
  }

  /** The message that begins there, or undefined for the end mark. */
  async #at(at: number): Promise<FramedMessage | undefined> {
    const head = await this.#read(at, at + headBytes);
    // What was written before 2019 has no mark before the length.
    const isMarked = head.readInt32LE(0) === -1;
    const start = at + (isMarked ? headBytes : 4);
    const length = head.readInt32LE(isMarked ? 4 : 0);
    if (length === 0) return undefined;
    const place = this.#place(at);
    if (length < 0 || length > metadataMax) throw unsound(`a message says ${length} bytes`, place);
    const metadata = Uint8Array.from(await this.#read(start, start + length));
    const message = soundly(() => Message.decode(metadata), place);
    const { bodyLength } = message;
    if (!(bodyLength >= 0 && bodyLength <= buffersMax)) {
      throw new DataError(
        'data-too-large',
        `a record batch has ${bodyLength} bytes, the most is ${buffersMax}`,
        'write the file with smaller batches (pyarrow: chunksize=100000)',
        place,
      );
    }
    const end = start + length + bodyLength;
    return { message, bytes: await this.#read(at, end), end };
  }

  async #read(from: number, end: number): Promise<Buffer> {
    const bytes = await this.#source.read(from, end);
    if (bytes.length < end - from)
      throw unsound('it ends in the middle of a message', this.#place(from));
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  #cutOff(): never {
    throw unsound(`its end is missing after ${this.#source.bytes} bytes`, this.#place());
  }

  #place(byteOffset?: number): DataPlace {
    return { file: this.#source.file, byteOffset };
  }
}

/** The result of the library's work; whatever it throws means a file that is not sound. */
export function soundly<T>(work: () => T, place: DataPlace): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof DataError || !(error instanceof Error)) throw error;
    throw unsound(error.message, place);
  }
}

export function unsound(what: string, place: DataPlace): DataError {
  return new DataError(
    'data-format',
    `this is not sound Arrow IPC: ${quoteShort(what)}`,
    'write the file again, or copy it again if it was cut off',
    place,
  );
}
