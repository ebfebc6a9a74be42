import { NestFactory } from '@nestjs/core';
NestFactory.create(DeskModule);
