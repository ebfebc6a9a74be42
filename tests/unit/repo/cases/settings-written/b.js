process.env.WRITTEN_JS = '1';
delete process.env.DELETED_JS;
if (process.env.COMPARED_JS === 'x') process.env['WRITTEN_TOO'] = process.env.READ_JS;
