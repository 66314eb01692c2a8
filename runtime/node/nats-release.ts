/**
 * The one nats-server that this project downloads or builds when a machine has none.
 *
 * The sums are those of the official release's SHA256SUMS for the `.tar.gz` archives; they are
 * pinned here so that a changed or replaced download is refused. A platform without a sum in this
 * table is never downloaded for: it is built with `go install` instead.
 */

/** Version that is downloaded or built; also the version that the project is tested with. */
export const NATS_PINNED_VERSION = '2.14.6';

/** Oldest server that keeps what it acknowledged: older ones lack `sync_interval: always`, or lose data. */
export const NATS_FLOOR_VERSION = '2.12.7';

/** Go package of the server; `go install NATS_GO_PACKAGE@vNATS_PINNED_VERSION` builds it. */
export const NATS_GO_PACKAGE = 'github.com/nats-io/nats-server/v2';

/** Folder of all releases; a mirror must have the same layout below it. */
export const NATS_RELEASES_URL = 'https://github.com/nats-io/nats-server/releases/download';

const SHA256_BY_PLATFORM: Readonly<Record<string, string>> = {
  'darwin-amd64': '239d4f3314334cc86cb12d7c252cf9b3461364451cc8ec5a39fb4915acd717c1',
  'darwin-arm64': '291b9aa8c342b3cdcc53d872585bd467de4b5c9acf375066d882eb5412a09d55',
  'linux-amd64': '61c3d55f69f61ec616b75782250936445f2819e9e5f2ae6159b10a31abd2200c',
  'linux-arm64': '3ff6e463762db64186a36cf0276dae8320509e995151ad0153ba9c9f67eee3f9',
};

/** One archive of the pinned release: where it lies and the SHA-256 (hex) that it must have. */
export interface NatsArchive {
  readonly url: string;
  readonly sha256: string;
}

/**
 * The archive for a platform as Node names it (`process.platform`, `process.arch`), or undefined
 * where no sum is known.
 */
export function natsArchive(
  platform: string,
  arch: string,
  releasesUrl: string = NATS_RELEASES_URL,
): NatsArchive | undefined {
  const key = `${platform}-${arch === 'x64' ? 'amd64' : arch}`;
  const sha256 = SHA256_BY_PLATFORM[key];
  if (sha256 === undefined) return undefined;
  const tag = `v${NATS_PINNED_VERSION}`;
  return { url: `${releasesUrl}/${tag}/nats-server-${tag}-${key}.tar.gz`, sha256 };
}

/** Whether version `a` (`x.y.z`) comes before version `b`. */
export function isOlder(a: string, b: string): boolean {
  const left = a.split('.').map(Number);
  const right = b.split('.').map(Number);
  for (let i = 0; i < 3; i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
