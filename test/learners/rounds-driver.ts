/**
 * The driver of rounds, where tests of learners look for it; it lives with what `bench/` shares.
 */
export * from '../support/rounds-driver.ts';
