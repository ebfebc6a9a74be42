import { NestFactory } from '@nestjs/core';
import { VersioningType } from '@nestjs/common';

const app = await NestFactory.create(AppModule);
app.setGlobalPrefix('api');
app.enableVersioning({ type: VersioningType.URI });
