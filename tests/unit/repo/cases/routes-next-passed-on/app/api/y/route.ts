export * from 'some-package/handlers';
