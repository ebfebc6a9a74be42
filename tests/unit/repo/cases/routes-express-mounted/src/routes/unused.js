const router = require('express').Router();
router.get('/never', (req, res) => res.json({}));
module.exports = router;
