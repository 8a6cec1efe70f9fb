import { Writable } from 'node:stream';
import { ManualClock } from '../../../src/kernel/clock';
import { createLog, type Log, type LogLevel } from '../../../src/platform/log';

function logTo(level: LogLevel | 'silent' = 'info'): { log: Log; text: () => string } {
  const chunks: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(String(chunk));
      done();
    },
  });
  const clock = new ManualClock('2025-03-10T09:00:00Z');
  return { log: createLog({ level, clock, stream }), text: () => chunks.join('') };
}

describe('the log', () => {
  it('writes one JSON object a line, whatever the message holds', () => {
    const { log, text } = logTo();
    log.info('two\nlines "quoted" \u2028', { count: 2n, on: new Date(0) });
    expect(text().trimEnd().split('\n')).toHaveLength(1);
    expect(JSON.parse(text())).toEqual({
      at: '2025-03-10T09:00:00.000Z',
      level: 'info',
      message: 'two\nlines "quoted" \u2028',
      count: '2',
      on: '1970-01-01T00:00:00.000Z',
    });
  });

  it.each(
    [
      'password',
      'newPassword',
      'access_token',
      'refreshToken',
      'Authorization',
      'identityNumber',
      'identity_number',
      'name',
      'legalName',
      'family_name',
      'email',
      'contactEmail',
      'iban',
      'phone',
      'homeAddress',
      'dateOfBirth',
      'set-cookie',
    ].map((key) => ({ key })),
  )('hides what stands under $key, however deep', ({ key }) => {
    const { log, text } = logTo();
    log.info('saved', { outer: [{ [key]: 'canary-4711' }] });
    expect(text()).not.toContain('canary-4711');
    expect(text()).toContain('[redacted]');
  });

  it.each([
    { what: 'an address', canary: 'lin.wei@example.com' },
    { what: 'a token', canary: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln' },
    { what: 'a bearer header', canary: 'Bearer abcdefghijklmnop' },
    { what: 'an IBAN', canary: 'DE89370400440532013000' },
    { what: 'a spaced IBAN', canary: 'DE89 3704 0044 0532 0130 00' },
    { what: 'a resident number', canary: '11010519491231002X' },
    {
      what: 'the password of a URL',
      canary: 'hunter2hunter2',
      text: 'postgres://app:hunter2hunter2@db/x',
    },
  ])('hides $what inside text', ({ canary, text: given }) => {
    const { log, text } = logTo();
    log.warn(`refused ${given ?? canary} today`, { error: new Error(`bad ${given ?? canary}`) });
    expect(text()).not.toContain(canary);
    expect(text()).toContain('today');
  });

  it('keeps of an error what finds the bug, and not the row the driver hangs on it', () => {
    const { log, text } = logTo();
    const error = Object.assign(new Error('duplicate key'), {
      code: '23505',
      constraint: 'users_email_key',
      detail: 'Key (email)=(canary) already exists.',
      parameters: ['canary'],
    });
    log.error('A request failed', { error: new Error('outer', { cause: error }) });
    const line = JSON.parse(text()) as { error: { cause: object; stack: string } };
    expect(line.error.cause).toMatchObject({ code: '23505', constraint: 'users_email_key' });
    expect(line.error.stack).toContain('log.test.ts');
    expect(text()).not.toContain('canary');
  });

  it('survives what has no end', () => {
    const { log, text } = logTo();
    const loop: Record<string, unknown> = { list: Array.from({ length: 1000 }, (_, i) => i) };
    loop['self'] = loop;
    log.info('x'.repeat(1_000_000), { loop, work: () => 1, bytes: Buffer.alloc(9) });
    expect(text().length).toBeLessThan(10_000);
    expect(text()).toContain('[9 bytes]');
  });

  it('gathers access lines and writes them in one go', () => {
    const { log, text } = logTo();
    const entry = { requestId: 'r1', method: 'GET', route: '/v1/x/{id}', status: 200 };
    log.access({ ...entry, durationMs: 1.26, userId: undefined });
    log.access({ ...entry, durationMs: 2, userId: 'usr_1' });
    expect(text()).toBe('');
    log.flush();
    const lines = text()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(lines).toEqual([
      expect.objectContaining({ route: '/v1/x/{id}', status: 200, ms: 1.2 }),
      expect.objectContaining({ userId: 'usr_1', ms: 2 }),
    ]);
  });

  it('says nothing below its level', () => {
    const quiet = logTo('warn');
    quiet.log.info('x');
    quiet.log.access({
      requestId: 'r',
      method: 'GET',
      route: '/',
      status: 200,
      durationMs: 1,
      userId: undefined,
    });
    quiet.log.flush();
    expect(quiet.text()).toBe('');
    const silent = logTo('silent');
    silent.log.error('x');
    expect(silent.text()).toBe('');
  });
});
