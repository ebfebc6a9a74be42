const router = require('express').Router();
router.get('/users', (req, res) => res.json({}));
module.exports = router;
