/**
 * Something outside the program keeps it from starting: a port, a disk, a password. The message is
 * for the person at the terminal; it says what is wrong and `remedy` says what to do.
 */
export class StartupProblem extends Error {
  override readonly name = 'StartupProblem';

  constructor(
    message: string,
    readonly remedy: string,
    cause?: unknown,
  ) {
    super(`${message} ${remedy}`, { cause });
  }
}

/** The code of a failed system call, such as `EACCES`. */
export function systemCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

const DISK_REASONS: Readonly<Record<string, string>> = {
  EROFS: 'the disk is read-only',
  EACCES: 'this user may not write there',
  EPERM: 'this user may not change it',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  // What making a folder and those above it comes to on a read-only disk.
  ENOENT: 'it cannot be made there; the disk may be read-only',
  ENOTDIR: 'part of that path is a file, not a folder',
};

/** What a failed file operation on `path` means to whoever started the program. */
export function diskProblem(error: unknown, path: string): unknown {
  const reason = DISK_REASONS[systemCode(error) ?? ''];
  if (reason === undefined) return error;
  return new StartupProblem(
    `Cannot use ${path}: ${reason}.`,
    'Make the folder writable, or set DATA_DIRECTORY to one that is.',
    error,
  );
}
