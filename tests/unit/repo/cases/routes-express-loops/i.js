const app = require('express')();
for (const v of ['v1', 'v2']) app.get(`/${v}/ping`, p);
['a', 'b'].forEach((name) => {
  app.post('/things/' + name, make);
});
for (const one of fs.readdirSync('x')) app.get(`/${one}`, p);
app.get('/a', p);
app.listen(3000);
