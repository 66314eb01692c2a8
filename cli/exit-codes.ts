/**
 * Exit codes of the command line, from the codes of errors.
 *
 * 0 done, 1 the job or operation failed, 2 usage or invalid spec, 3 not connected, 4 not found,
 * 5 conflict, 6 timeout, 7 denied, 130 interrupted. An error of an unknown kind is a 1.
 */
import { JobRejectedError } from '../client/errors.ts';

export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  disconnected: 3,
  missing: 4,
  conflict: 5,
  timeout: 6,
  denied: 7,
  interrupted: 130,
} as const;

const byCode: Readonly<Record<string, number>> = {
  usage: exitCodes.usage,
  'invalid-spec': exitCodes.usage,
  'bad-name': exitCodes.usage,
  'bad-digest': exitCodes.usage,
  'bad-prefix': exitCodes.usage,
  'bad-config': exitCodes.usage,
  'data-option': exitCodes.usage,
  'bad-learner': exitCodes.usage,
  'bad-creds': exitCodes.usage,
  'bad-address': exitCodes.usage,
  'no-coordinator': exitCodes.disconnected,
  'no-responders': exitCodes.disconnected,
  disconnected: exitCodes.disconnected,
  'not-connected': exitCodes.disconnected,
  'bad-connection': exitCodes.disconnected,
  'no-cluster': exitCodes.disconnected,
  'no-jetstream': exitCodes.disconnected,
  'old-server': exitCodes.disconnected,
  'no-job': exitCodes.missing,
  'no-node': exitCodes.missing,
  'no-blob': exitCodes.missing,
  'no-file': exitCodes.missing,
  'no-user': exitCodes.missing,
  ENOENT: exitCodes.missing,
  EISDIR: exitCodes.usage,
  conflict: exitCodes.conflict,
  'no-earlier-version': exitCodes.conflict,
  'wrong-phase': exitCodes.conflict,
  'in-use': exitCodes.conflict,
  'coordinator-running': exitCodes.conflict,
  'too-soon': exitCodes.conflict,
  'data-dir-in-use': exitCodes.conflict,
  'port-in-use': exitCodes.conflict,
  timeout: exitCodes.timeout,
  denied: exitCodes.denied,
  EACCES: exitCodes.denied,
  EPERM: exitCodes.denied,
  EROFS: exitCodes.denied,
  'credentials-required': exitCodes.denied,
  interrupted: exitCodes.interrupted,
};

export function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'unexpected';
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof JobRejectedError) {
    const taken = error.reason.includes('conflict') || error.reason === 'removing';
    return taken ? exitCodes.conflict : exitCodes.usage;
  }
  const code = codeOf(error);
  const known = byCode[code];
  if (known !== undefined) return known;
  if (code.startsWith('unknown-')) return exitCodes.missing;
  if (code.endsWith('-conflict')) return exitCodes.conflict;
  return exitCodes.failed;
}
