import {
  type MiddlewareConsumer,
  Module,
  type NestModule,
  type OnModuleDestroy,
} from '@nestjs/common'
import { startGate } from 'limbeck/http'
import * as schema from './schema.js'

/** Answers /health, and 503 to all else until the database is migrated. */
@Module({})
export class LimbeckModule implements NestModule, OnModuleDestroy {
  private readonly gate = startGate({
    url: process.env.DATABASE_URL ?? '',
    migrations: new URL('../migrations/', import.meta.url),
    models: schema,
  })

  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(this.gate.middleware).forRoutes('{*path}')
  }

  async onModuleDestroy(): Promise<void> {
    await this.gate.close()
  }
}
