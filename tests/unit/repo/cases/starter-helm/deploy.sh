#!/bin/bash
ssh deploy@shop.example 'cd /srv/app && docker compose pull && docker compose up -d'
