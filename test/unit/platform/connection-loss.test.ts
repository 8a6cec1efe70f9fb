import { isConnectionLoss, sqlState } from '../../../src/platform/db';

const coded = (code: string, message = '') => Object.assign(new Error(message), { code });

describe('a lost connection', () => {
  it.each([
    { error: coded('ECONNREFUSED') },
    { error: coded('ECONNREFUSED', 'several addresses were tried') },
    { error: coded('EPIPE') },
    { error: coded('ETIMEDOUT') },
    { error: coded('EAI_AGAIN') },
    { error: coded('08006') },
    { error: coded('57P01', 'terminating connection due to administrator command') },
    { error: coded('57P03', 'the database system is starting up') },
    { error: coded('53300', 'sorry, too many clients already') },
    { error: new Error('Connection terminated unexpectedly') },
    { error: new Error('Client has encountered a connection error and is not queryable') },
    { error: new Error('Query read timeout') },
    { error: new Error('timeout expired') },
  ])('is $error.code $error.message', ({ error }) => {
    expect(isConnectionLoss(error)).toBe(true);
  });

  it.each([
    { error: coded('23505', 'duplicate key: Connection terminated') },
    { error: coded('57014', 'canceling statement due to statement timeout') },
    { error: coded('EACCES') },
    { error: new Error('the socket wrench is out of stock') },
    { error: 'Connection terminated' },
    { error: undefined },
  ])('is not $error', ({ error }) => {
    expect(isConnectionLoss(error)).toBe(false);
  });
});

describe('an SQLSTATE', () => {
  it('has a digit, which tells it from the five letters of a system call', () => {
    expect(sqlState(coded('YC105'))).toBe('YC105');
    expect(sqlState(coded('EPIPE'))).toBeUndefined();
    expect(sqlState(coded('EBUSY'))).toBeUndefined();
  });
});
