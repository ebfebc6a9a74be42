import { Controller, Get, Post, UseGuards } from '@nestjs/common';

@UseGuards(AuthGuard)
@Controller('cats')
export class CatsController {
  @Get()
  all() {}

  @Get(':id')
  one() {}

  @Post()
  @HttpCode(201)
  make() {}
}
