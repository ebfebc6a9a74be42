import { Controller, Get, Post } from '@nestjs/common';

@Controller({ path: 'cats', version: '1' })
export class CatsController {
  @Get(['all', 'every'])
  all() {}

  @Post(ROUTE)
  computed() {}
}

@Controller(PREFIX)
export class DogsController {
  @Get('bark')
  bark() {}
}
