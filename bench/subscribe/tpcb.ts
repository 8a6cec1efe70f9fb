import pg from 'pg';
import { closedLoop, Dice, type LoadOptions, type Measured } from './load';

export const SCALE = 50;
const TELLERS_PER_BRANCH = 10;
const ACCOUNTS_PER_BRANCH = 20_000;

/** The tables of pgbench's TPC-B-like script, with fewer accounts a branch to load quickly. */
export async function loadTpcb(url: string): Promise<void> {
  await withClient(url, async (client) => {
    await client.query(`
      CREATE TABLE IF NOT EXISTS tpcb_branches (bid INT PRIMARY KEY, bbalance INT, filler CHAR(88))
        WITH (fillfactor = 10);
      CREATE TABLE IF NOT EXISTS tpcb_tellers
        (tid INT PRIMARY KEY, bid INT, tbalance INT, filler CHAR(84)) WITH (fillfactor = 10);
      CREATE TABLE IF NOT EXISTS tpcb_accounts
        (aid INT PRIMARY KEY, bid INT, abalance INT, filler CHAR(84));
      CREATE TABLE IF NOT EXISTS tpcb_history
        (tid INT, bid INT, aid INT, delta INT, mtime TIMESTAMP, filler CHAR(22));
      INSERT INTO tpcb_branches SELECT b, 0, '' FROM generate_series(1, ${SCALE}) b;
      INSERT INTO tpcb_tellers SELECT t, (t - 1) / ${TELLERS_PER_BRANCH} + 1, 0, ''
        FROM generate_series(1, ${SCALE * TELLERS_PER_BRANCH}) t;
      INSERT INTO tpcb_accounts SELECT a, (a - 1) / ${ACCOUNTS_PER_BRANCH} + 1, 0, ''
        FROM generate_series(1, ${SCALE * ACCOUNTS_PER_BRANCH}) a;
    `);
    await client.query('VACUUM ANALYZE tpcb_branches');
    await client.query('VACUUM ANALYZE tpcb_tellers');
    await client.query('VACUUM ANALYZE tpcb_accounts');
  });
}

/** TPC-B-like transactions: five statements between BEGIN and COMMIT, prepared, a session each. */
export async function runTpcb(url: string, load: LoadOptions): Promise<Measured> {
  const clients = await Promise.all(
    Array.from({ length: load.clients }, async () => {
      const client = new pg.Client(url);
      await client.connect();
      return client;
    }),
  );
  const dice = clients.map((_, i) => new Dice(i + 1));
  try {
    return await closedLoop(load, async (i) => {
      const client = clients[i];
      const roll = dice[i];
      if (!client || !roll) throw new Error('a client without a connection');
      const delta = roll.below(10_001) - 5000;
      const aid = roll.below(SCALE * ACCOUNTS_PER_BRANCH) + 1;
      const tid = roll.below(SCALE * TELLERS_PER_BRANCH) + 1;
      const bid = roll.below(SCALE) + 1;
      await client.query('BEGIN');
      await client.query({
        name: 'account',
        text: 'UPDATE tpcb_accounts SET abalance = abalance + $1 WHERE aid = $2',
        values: [delta, aid],
      });
      await client.query({
        name: 'read',
        text: 'SELECT abalance FROM tpcb_accounts WHERE aid = $1',
        values: [aid],
      });
      await client.query({
        name: 'teller',
        text: 'UPDATE tpcb_tellers SET tbalance = tbalance + $1 WHERE tid = $2',
        values: [delta, tid],
      });
      await client.query({
        name: 'branch',
        text: 'UPDATE tpcb_branches SET bbalance = bbalance + $1 WHERE bid = $2',
        values: [delta, bid],
      });
      await client.query({
        name: 'history',
        text: `INSERT INTO tpcb_history (tid, bid, aid, delta, mtime)
               VALUES ($1, $2, $3, $4, CURRENT_TIMESTAMP)`,
        values: [tid, bid, aid, delta],
      });
      await client.query('COMMIT');
      return true;
    });
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
}

async function withClient(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
