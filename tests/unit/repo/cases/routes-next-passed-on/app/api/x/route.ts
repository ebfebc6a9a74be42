export * from '../../lib/a';
