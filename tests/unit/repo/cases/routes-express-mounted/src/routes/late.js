const express = require('express');
const router = express.Router();
router.get('/x', (req, res) => res.json({}));
module.exports = router;
