const express = require('express');
const app = express();
const router = express.Router();
router.route('/x').get(list).post(auth, create);
router.route('/y/:id')
  .all(requireAuth)
  .get((req, res) => res.json({}))
  .delete((req, res) => res.sendStatus(204));
app.use('/api', router);
app.get(['/a', '/b'], (req, res) => res.send('x'));
app.get(/^\/re.*/, (req, res) => res.send('x'));
app.use('/health', (req, res) => res.send('ok'));
['get','post'].forEach(m => app[m]('/dyn', h));
