import 'reflect-metadata'
import { Controller, Get, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { LimbeckModule } from './limbeck.module.js'
import { notes } from './schema.js'

const db = drizzle(postgres(process.env.DATABASE_URL ?? ''))

@Controller('notes')
class NotesController {
  @Get()
  list() {
    return db.select().from(notes)
  }
}

@Module({ imports: [LimbeckModule], controllers: [NotesController] })
class AppModule {}

const app = await NestFactory.create(AppModule)
app.enableShutdownHooks()
await app.listen(Number(process.env.PORT ?? 3000))
