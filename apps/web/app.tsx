import { LocationProvider, Route, Router } from 'preact-iso';

import { CollectionPage } from './pages/collection.js';
import { CollectionsPage } from './pages/collections.js';
import { ListPage } from './pages/list.js';
import { NotFound } from './pages/not-found.js';
import { PostPage } from './pages/post.js';
import { PostsPage } from './pages/posts.js';
import { RejectionsPage } from './pages/rejections.js';
import { SystemPage } from './pages/system.js';
import { arrive } from './shell/arrival.js';
import { DropZone } from './shell/drop-zone.js';
import { Footer } from './shell/footer.js';
import { Header, TabBar } from './shell/header.js';
import { ImportDialog, UploadTray } from './shell/import-dialog.js';
import { Keys } from './shell/keys.js';
import { OfflineBar } from './shell/offline-bar.js';

/** Addresses of the server (files to download, its own documents) are none of the page's. */
const own = /^\/(?!api\/|health|metrics)/;

export const App = () => (
  <LocationProvider scope={own}>
    <Header />
    <OfflineBar />
    <UploadTray />
    <main id="main" tabIndex={-1}>
      <Router onRouteChange={arrive}>
        <Route path="/" component={CollectionsPage} />
        <Route path="/collections/:id" component={CollectionPage} />
        <Route path="/collections/:id/posts" component={PostsPage} />
        <Route path="/collections/:id/posts/:post" component={PostPage} />
        <Route path="/collections/:id/lists/:list" component={ListPage} />
        <Route path="/collections/:id/rejections" component={RejectionsPage} />
        <Route path="/system" component={SystemPage} />
        <Route default component={NotFound} />
      </Router>
    </main>
    <Footer />
    <TabBar />
    <ImportDialog />
    <Keys />
    <DropZone />
  </LocationProvider>
);
